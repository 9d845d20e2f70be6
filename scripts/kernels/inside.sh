#!/bin/bash
# What runs in a guest of the matrix, as root: inside.sh SCENARIO JAVA_HOME. The caller's folder is
# agent/, what is written to /out comes back. What was provoked is compared outside, by KernelCheck.
set -eu
scenario=$1
jdk=$2
cold=target/kernels/cold.bin

{
	uname -r
	uname -v
	cat /proc/cmdline
} >/out/kernel.txt

# The simple compiler alone: on an emulated machine, compiling takes longer than it saves.
small=(-XX:+UseSerialGC -XX:-UsePerfData)
workload() {
	"$@" "$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
		-javaagent:target/latencyscope.jar -cp target/test-classes \
		latencyscope.truth.workload.EveryModuleWorkload /out "$PWD/$cold" 2>/out/stderr.txt
}

# busy CPU COMMAND : a shell that runs a command on a CPU again and again, in the background. Returns
# when it is there.
busy() {
	taskset -c "$1" sh -c "while :; do $2; done" &
	until [ "$(cat "/proc/$!/comm")" = sh ]; do
		sleep 0.1
	done
}

# watched NAME PID OPTION... : watches a process from outside, which runs only while it is watched:
# so its own counts are those of the capture, but for what comes between the capture's end and ours.
watched() {
	local name=$1 pid=$2 code=0 watcher
	shift 2
	kill -STOP "$pid"
	sleep 0.2
	grep ctxt_switches "/proc/$pid/status" >"/out/$name.before"
	"$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 -jar target/latencyscope.jar --pid "$pid" \
		-d 3 --json "$@" >"/out/$name.json" 2>"/out/$name.stderr" &
	watcher=$!
	# Each probe in place is a link that the watcher holds.
	until [ "$(grep -sl '^link_type' "/proc/$watcher/fdinfo/"* | wc -l)" -ge 7 ]; do
		kill -0 "$watcher" 2>/dev/null || break
		sleep 1
	done
	kill -CONT "$pid"
	# It is to be stopped again when the time is up, for the report is made on the same CPUs.
	(
		while [ "$(grep -sl '^link_type' "/proc/$watcher/fdinfo/"* | wc -l)" -ge 7 ]; do
			sleep 1
		done
		kill -STOP "$pid"
	) &
	wait "$watcher" || code=$?
	kill -STOP "$pid"
	sleep 0.2
	grep ctxt_switches "/proc/$pid/status" >"/out/$name.after"
	kill -CONT "$pid"
	echo "$code" >"/out/$name.code"
}

case $scenario in
kernel)
	workload env
	;;
container)
	# A pid namespace of its own, as a container has.
	workload unshare --pid --fork --kill-child --mount-proc
	;;
isolated)
	# CPU 1 is isolated: first a thread is alone there, then it is not.
	busy 1 :
	alone=$!
	watched alone "$alone" -m isolation
	# The other one yields for most of the time, so that it does not keep the guest from its work.
	busy 1 'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; sleep 0.05'
	other=$!
	watched disturbed "$alone" -m isolation
	kill "$alone" "$other"
	;;
numa)
	# Two nodes; the balancing is to be quick, since the load is short.
	echo 1 >/proc/sys/kernel/numa_balancing
	for file in scan_delay_ms scan_period_min_ms; do
		echo 100 >"/sys/kernel/debug/sched/numa_balancing/$file"
	done
	# The kernel's own trace of moves for NUMA, of threads and of pages, beside our programs.
	cd /sys/kernel/tracing
	echo 1 >events/sched/sched_move_numa/enable
	echo 1 >events/sched/sched_swap_numa/enable
	echo 1 >events/migrate/mm_migrate_pages/enable
	cd - >/dev/null
	"$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
		-javaagent:target/latencyscope.jar=modules=memory+isolation -cp target/test-classes \
		latencyscope.truth.workload.NumaWorkload /out 2>/out/stderr.txt
	grep -E 'sched_(move|swap)_numa|mm_migrate_pages' /sys/kernel/tracing/trace >/out/numa.trace || true
	;;
quota)
	mkdir /sys/fs/cgroup/quota
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	echo "30000 100000" >/sys/fs/cgroup/quota/cpu.max
	busy 1 :
	throttled=$!
	echo "$throttled" >/sys/fs/cgroup/quota/cgroup.procs
	watched throttled "$throttled" -m isolation
	cat /sys/fs/cgroup/quota/cpu.stat >/out/cpu.stat
	kill "$throttled"
	;;
*)
	echo "inside.sh: no scenario $scenario" >&2
	exit 3
	;;
esac
