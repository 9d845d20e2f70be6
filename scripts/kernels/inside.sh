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

# The simple compiler alone: on an emulated machine, compiling takes longer than it saves. Not even
# that for the command line, whose code runs once.
small=(-XX:+UseSerialGC -XX:-UsePerfData)
workload() {
	"$@" "$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
		-javaagent:target/latencyscope.jar -cp target/test-classes \
		latencyscope.truth.workload.EveryModuleWorkload /out "$PWD/$cold" 2>/out/stderr.txt
}

latencyscope() {
	"$jdk/bin/java" "${small[@]}" -XX:TieredStopAtLevel=1 -jar target/latencyscope.jar "$@"
}

# A process that wants all of a CPU, in the background.
busy() {
	taskset -c "$1" sh -c 'while :; do :; done' &
}

# watched NAME PID OPTION... : watches a process from outside; its own counts are taken while it is
# stopped, before and after, so that they are those of the capture's time and some more.
watched() {
	local name=$1 pid=$2 code=0
	shift 2
	grep ctxt_switches "/proc/$pid/status" >"/out/$name.before"
	latencyscope --pid "$pid" -d 3 --json "$@" >"/out/$name.json" 2>"/out/$name.stderr" || code=$?
	grep ctxt_switches "/proc/$pid/status" >"/out/$name.after"
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
	busy 1
	alone=$!
	watched alone "$alone" -m isolation
	busy 1
	other=$!
	watched disturbed "$alone" -m isolation
	kill "$alone" "$other"
	;;
quota)
	mkdir /sys/fs/cgroup/quota
	echo +cpu >/sys/fs/cgroup/cgroup.subtree_control
	echo "30000 100000" >/sys/fs/cgroup/quota/cpu.max
	busy 1
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
