#!/bin/bash
# The gate that a build would use, jq -e '.isolation.p99_999_runqueue_ns < 1000', on a thread that is pinned to CPU 1
# with a real-time policy: it has to pass while the thread is alone there, and to fail beside a competitor, every time.
#
# Whether it was alone while the isolation module captured, bpftrace says. On a CPU that was not isolated at boot some
# kernel work remains; a capture in which the thread lost its CPU to that is shown, and another one is taken.
#
# Alone means: no throttling of real-time tasks; unbound kernel work, statistics, other processes and interrupt lines
# elsewhere, for what they ask of a device may be kernel work of that CPU, and the kernel gives such work some time
# beside any real-time task (the deadline server of Linux 6.12). All of it is given back.
#
# Arguments: times (10), length of each capture (300ms). Needs root, two CPUs, jq, bpftrace, nothing else on the host, a
# built tree.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
times=${1:-10}
length=${2:-300ms}
jar=$(readlink -f "$JAR")
[ "$(id -u)" = 0 ] || { echo "gate.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
started=()
files=(/proc/sys/kernel/sched_rt_runtime_us /proc/sys/vm/stat_interval /sys/devices/virtual/workqueue/cpumask
	/proc/sys/kernel/watchdog_cpumask)
values=(-1 120 1 0)
old=()
for line in /proc/irq/*/smp_affinity_list; do
	files+=("$line")
	values+=(0)
done
for file in "${files[@]}"; do old+=("$(cat "$file")"); done

# write VALUE FILE : a line that the kernel places itself stays where it is
write() {
	case $2 in
	/proc/irq/*) echo "$1" 2>/dev/null >"$2" || true ;;
	*) echo "$1" >"$2" ;;
	esac
}

# Where processes can be kept off a CPU, with those that they start.
cpusets=/sys/fs/cgroup/cpuset

# move FROM TO : what can be moved; the kernel's own threads of one CPU cannot
move() {
	local task
	while read -r task; do echo "$task" 2>/dev/null >"$cpusets$2/tasks" || true; done <"$cpusets$1/tasks" 2>/dev/null
}

restore() {
	local i
	kill "${started[@]}" 2>/dev/null || true # timeout ends what it started
	if [ -d $cpusets/latencyscope-gate ]; then
		move /latencyscope-gate ""
		rmdir $cpusets/latencyscope-gate
	fi
	for i in "${!files[@]}"; do write "${old[i]}" "${files[i]}"; done
	rm -rf "$work"
}
trap restore EXIT
trap 'exit 1' HUP INT PIPE TERM
if [ -d $cpusets ]; then
	mkdir $cpusets/latencyscope-gate
	cat $cpusets/cpuset.mems >$cpusets/latencyscope-gate/cpuset.mems
	echo 0 >$cpusets/latencyscope-gate/cpuset.cpus
	move "" /latencyscope-gate
fi
for i in "${!files[@]}"; do write "${values[i]}" "${files[i]}"; done

limit=$((times * 60))
# Not on that CPU: what is to end the thread would never run there.
timeout "$limit" sh -c 'echo $$ >"$1/tasks" || true; exec taskset -c 1 chrt --fifo 50 sh -c "while :; do :; done"' sh \
	$cpusets &
started+=($!)
sleep 1
thread=$(pgrep -P "${started[0]}")

timeout "$limit" taskset -c 0 bpftrace -B line -e "tracepoint:sched:sched_switch
	/args->prev_pid == $thread && args->prev_state == 0/ { printf(\"%lld\\n\", nsecs); }" >"$work/lost" 2>"$work/tracer" &
started+=($!)
sleep 3
# Between the clock that the tracer prints and the one that the report prints, seconds.
apart=$(perl -MTime::HiRes=clock_gettime,CLOCK_MONOTONIC,CLOCK_REALTIME -e \
	'printf "%.9f", clock_gettime(CLOCK_REALTIME) - clock_gettime(CLOCK_MONOTONIC)')

# lost : how often the thread lost its CPU while the last capture counted
lost() {
	local from until
	read -r from until <<<"$(jq -r '.captured.isolation | "\(.from) \(.until)"' "$work/results.json")"
	sleep 1 # the tracer prints what it has once in a while
	awk -v apart="$apart" -v from="$(date -d "$from" +%s.%N)" -v until="$(date -d "$until" +%s.%N)" \
		'{ at = $1 / 1e9 + apart } at >= from && at <= until { n++ } END { print n + 0 }' "$work/lost"
}

# gate NAME WANTED : captures and asks the gate, as often as is wanted; WANTED is jq's exit code
gate() {
	local tries=0 judged=0 right=0 code lost
	while [ $judged -lt "$times" ]; do
		tries=$((tries + 1))
		[ $tries -le $((times * 5)) ] || { echo "$1: the host was not quiet"; return 1; }
		taskset -c 0 "$JDK/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$jar" --pid "$thread" \
			--module isolation --duration "$length" --json -o "$work/results.json" 2>"$work/errors" || [ $? -le 2 ]
		lost=$(lost)
		code=0
		jq -e '.isolation.p99_999_runqueue_ns < 1000' "$work/results.json" >"$work/answer" || code=$?
		if [ "$1" = quiet ] && [ "$lost" != 0 ]; then
			echo "$1: not alone, $lost switches: $(jq -c '[.top_causes[] | .title]' "$work/results.json")"
			continue
		fi
		judged=$((judged + 1))
		[ "$code" != "$2" ] || right=$((right + 1))
		echo "$1 $judged: $(cat "$work/answer"), $lost switches, $(jq -c '.isolation |
			[.runqueue_count, .p99_999_runqueue_ns]' "$work/results.json") (waits, longest ns that P99.999 is)"
	done
	echo "$1: $right of $times as wanted"
	[ "$right" = "$times" ]
}

result=0
gate quiet 0 || result=1
# Ten milliseconds in twenty, at a higher priority.
timeout "$limit" sh -c 'echo $$ >"$1/tasks" || true
	exec taskset -c 1 chrt --fifo 60 perl -MTime::HiRes=time,usleep -e \
	"while (1) { \$end = time() + 0.01; 1 while time() < \$end; usleep(10000) }"' sh $cpusets &
started+=($!)
gate disturbed 1 || result=1
exit $result
