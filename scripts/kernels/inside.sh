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
	# pahole 1.18 to 1.21 left per-CPU variables out, and the preempt count is one on x86.
	grep -qa -e __preempt_count -e pcpu_hot /sys/kernel/btf/vmlinux &&
		echo "BTF has per-CPU variables" || echo "BTF has no per-CPU variables"
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

# What the kernel has counted of a process, and of its group if that has a quota.
account() {
	grep ctxt_switches "/proc/$1/status"
	echo "ran_ns $(cut -d ' ' -f 1 "/proc/$1/schedstat")"
	cat /sys/fs/cgroup/quota/cpu.stat 2>/dev/null || true
}

# watched NAME PID OPTION... : watches a process from outside, which runs only while it is watched:
# so its own counts are those of the capture, but for what comes between the capture's end and ours.
# So do those in $beside: they would make an emulated machine slow to begin.
beside=
watched() {
	local name=$1 pid=$2 code=0 watcher
	shift 2
	kill -STOP "$pid" $beside
	sleep 0.2
	account "$pid" >"/out/$name.before"
	"$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 -jar target/latencyscope.jar --pid "$pid" \
		-d 3 --json "$@" >"/out/$name.json" 2>"/out/$name.stderr" &
	watcher=$!
	# Each probe in place is a link that the watcher holds.
	until [ "$(grep -sl '^link_type' "/proc/$watcher/fdinfo/"* | wc -l)" -ge 7 ]; do
		kill -0 "$watcher" 2>/dev/null || break
		sleep 1
	done
	kill -CONT "$pid" $beside
	# It is to be stopped again when the time is up, for the report is made on the same CPUs.
	(
		while [ "$(grep -sl '^link_type' "/proc/$watcher/fdinfo/"* | wc -l)" -ge 7 ]; do
			sleep 1
		done
		kill -STOP "$pid" $beside
	) &
	wait "$watcher" || code=$?
	kill -STOP "$pid" $beside
	sleep 0.2
	account "$pid" >"/out/$name.after"
	kill -CONT "$pid" $beside
	echo "$code" >"/out/$name.code"
}

# An engine with the two capabilities that capturing needs, on a kernel that charges maps to what may
# be locked in memory, and may lock little. It still has the name of root, to read the jar.
locked() {
	local only=-all,+bpf,+perfmon code=0
	printf '%s\n' 'naps worker 20 1' 'settle 300000' 'naps trader 20 1' 'leave 7' >/run/input
	(
		ulimit -l 64
		exec setpriv --inh-caps=$only --bounding-set=$only "$jdk/bin/java" "${small[@]}" \
			-XX:TieredStopAtLevel=1 -Xlog:disable -XX:StartFlightRecording:filename=/out/locked.jfr \
			-javaagent:target/latencyscope.jar -cp target/test-classes \
			latencyscope.truth.workload.NappingEngine
	) </run/input >/out/locked.stdout 2>/out/locked.stderr || code=$?
	echo $code >/out/locked.code
}

# limited : an engine with a thread that a group's quota stops, which records windows of its time.
limited() {
	local thread group=/sys/fs/cgroup/ledger
	mkdir $group
	echo threaded >$group/cgroup.type
	echo "20000 100000" >$group/cpu.max
	coproc engine {
		"$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
			-javaagent:target/latencyscope.jar=modules=isolation -cp target/test-classes \
			latencyscope.truth.workload.LedgerWorkload quota /out/ledger.jfr 2>/out/stderr.txt
	}
	# Copies: the shell closes its own when the engine has ended.
	exec 3<&"${engine[0]}" 4>&"${engine[1]}"
	said ready <&3
	echo go >&4
	thread=$(said "spinning " <&3)
	taskset -pc 1 "$thread" >/dev/null
	echo "$thread" >$group/cgroup.threads
	echo limited >&4
	said done <&3
	cat $group/cpu.stat >/out/ledger.cpu.stat
}

# said WORD : reads until a line begins with it, and prints the rest of that.
said() {
	local line
	while read -r line; do
		case $line in
		"$1"*)
			echo "${line#"$1"}"
			return 0
			;;
		esac
	done
	return 1
}

case $scenario in
kernel)
	workload env
	case $(uname -r) in
	5.10.*) locked ;;
	esac
	;;
container)
	# A pid namespace of its own, as a container has.
	workload unshare --pid --fork --kill-child --mount-proc
	;;
isolated)
	# CPU 1 is isolated: first a thread is alone there, and nothing may take it off; then it is not.
	busy 1 :
	alone=$!
	watched alone "$alone" -m isolation
	# The other one yields for most of the time, so that it does not keep the guest from its work.
	busy 1 'i=0; while [ $i -lt 2000 ]; do i=$((i + 1)); done; sleep 0.05'
	other=$!
	echo "$other" >/out/disturbed.culprit
	beside=$other
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
	kill -KILL "$throttled"
	limited
	;;
*)
	echo "inside.sh: no scenario $scenario" >&2
	exit 3
	;;
esac
