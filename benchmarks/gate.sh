#!/bin/bash
# The gate that a build would use, jq -e '.isolation.p99_999_runqueue_ns < 1000', on a thread that is pinned to CPU 1
# with a real-time policy: it has to pass while the thread is alone there, and to fail beside a competitor, every time.
#
# Alone means: no throttling of real-time tasks, unbound kernel work and statistics elsewhere. All of it is given back.
# Arguments: times (10), seconds of each capture (3). Needs root, two CPUs, jq, nothing else on the host, a built tree.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
times=${1:-10}
seconds=${2:-3}
jar=$(readlink -f "$JAR")
[ "$(id -u)" = 0 ] || { echo "gate.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
started=()
files=(/proc/sys/kernel/sched_rt_runtime_us /proc/sys/vm/stat_interval /sys/devices/virtual/workqueue/cpumask)
values=(-1 120 1)
old=()
for file in "${files[@]}"; do old+=("$(cat "$file")"); done

restore() {
	local i
	kill "${started[@]}" 2>/dev/null || true # timeout ends what it started
	for i in "${!files[@]}"; do echo "${old[i]}" >"${files[i]}"; done
	rm -rf "$work"
}
trap restore EXIT
for i in "${!files[@]}"; do echo "${values[i]}" >"${files[i]}"; done

limit=$((times * (seconds + 30) * 2))
# Not on that CPU: what is to end the thread would never run there.
timeout "$limit" taskset -c 1 chrt --fifo 50 sh -c 'while :; do :; done' &
started+=($!)
sleep 1
thread=$(pgrep -P "${started[0]}")

# gate NAME WANTED : captures and asks the gate, as often as is wanted; WANTED is jq's exit code
gate() {
	local i right=0 code
	for i in $(seq "$times"); do
		taskset -c 0 "$JDK/bin/java" -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -jar "$jar" --pid "$thread" \
			--module isolation --duration "$seconds" --json -o "$work/results.json" 2>"$work/errors" || [ $? -le 2 ]
		code=0
		jq -e '.isolation.p99_999_runqueue_ns < 1000' "$work/results.json" >"$work/answer" || code=$?
		[ "$code" != "$2" ] || right=$((right + 1))
		echo "$1 $i: $(cat "$work/answer"), $(jq -c '.isolation | [.runqueue_count, .p99_999_runqueue_ns]' \
			"$work/results.json") (waits, longest ns that P99.999 is)"
	done
	echo "$1: $right of $times as wanted"
	[ "$right" = "$times" ]
}

result=0
gate quiet 0 || result=1
# Ten milliseconds in twenty, at a higher priority.
timeout "$limit" taskset -c 1 chrt --fifo 60 perl -MTime::HiRes=time,usleep -e \
	'while (1) { $end = time() + 0.01; 1 while time() < $end; usleep(10000) }' &
started+=($!)
gate disturbed 1 || result=1
exit $result
