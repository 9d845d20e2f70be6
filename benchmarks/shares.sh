#!/bin/bash
# What it costs to share out the blame for a wait: a record for each run of those who held the CPU, up to 511.
#
# The load is of benchmarks/src/main/c/crowd.c: three times a second a crowd of real-time processes takes the CPU from a
# thread that computes, for a number of short runs. When the thread gets its CPU back, one switch finds the culprits and
# sends the shares, with the runqueue locked and interrupts off. Three variants take turns: no capture, waits without
# shares (WaitShare off), and with them. Printed are medians of rounds: how long the thread was kept from its work, and the
# time of the program at sched_switch for each burst, by the kernel's own account. Their differences are what shares cost.
#
# Arguments: rounds (5), jar (the built one).
# Needs root, gcc, bpftool, two CPUs and a built tree. Takes some four minutes.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
. benchmarks/medians.sh
JDK=$(find_jdk)
rounds=${1:-5}
jar=${2:-$JAR}
window=3 # seconds
bursts=9 # in a window: crowd begins one each 333 ms
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "shares.sh: needs root" >&2; exit 3; }
for tool in gcc bpftool; do
	command -v $tool >/dev/null || { echo "shares.sh: needs $tool" >&2; exit 3; }
done
cpus=$(nproc)
[ "$cpus" -ge 2 ] || { echo "shares.sh: needs 2 CPUs" >&2; exit 3; }
work=$(mktemp -d)
stats_before=$(cat /proc/sys/kernel/bpf_stats_enabled)
tool=
finish() {
	[ -z "$tool" ] || kill -KILL "$tool" 2>/dev/null || :
	[ -z "${CROWD_PID:-}" ] || kill "$CROWD_PID" 2>/dev/null || :
	echo "$stats_before" >/proc/sys/kernel/bpf_stats_enabled
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

captures() { bpftool prog show | grep -c 'name ls_sched_switch' || :; }

await_captures() {
	for _ in $(seq 240); do
		[ "$(captures)" = "$1" ] && return
		sleep 0.25
	done
	echo "shares.sh: there are $(captures) captures, not $1" >&2
	cat "$work/tool.log" >&2
	exit 1
}

# start PID yes|no: waits of that process are recorded, with or without shares.
start() {
	local settings=settings=none,maxsize=64m
	for event in RunQueueWait Capture; do
		settings+=,+latencyscope.$event#enabled=true
	done
	settings+=,+latencyscope.RunQueueWait#threshold=10us,+latencyscope.WaitShare#threshold=10us
	[ "$2" = no ] || settings+=,+latencyscope.WaitShare#enabled=true
	taskset -c 0-$((cpus - 2)) "$JDK/bin/java" -XX:+UseSerialGC -Xlog:disable -Xlog:all=off \
		--enable-native-access=ALL-UNNAMED -javaagent:"$jar" -XX:FlightRecorderOptions:repository="$work" \
		-XX:StartFlightRecording:"$settings,+latencyscope.Capture#pid=$1" \
		-cp benchmarks/target/benchmarks.jar latencyscope.benchmarks.Idle >"$work/tool.log" 2>&1 </dev/null &
	tool=$!
	await_captures 1
	sleep 1.5
}

stop_tool() {
	[ -n "$tool" ] || return 0
	kill -KILL "$tool" 2>/dev/null || :
	wait "$tool" 2>/dev/null || :
	tool=
}

program_ns() {
	bpftool -j prog show | tr '}' '\n' |
		sed -nE 's/.*"name":"ls_sched_switch".*"run_time_ns":([0-9]*),"run_cnt":([0-9]*).*/\1/p'
}

# measure NAME: gaps of a window into NAME.gap, the program's time for each burst into NAME.program.
measure() {
	local before=
	while read -r -t 0.01 _ <&"${CROWD[0]}"; do :; done
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	[ -z "$tool" ] || { sleep 0.5 && before=$(program_ns); }
	sleep "$window"
	[ -z "$tool" ] || awk -v a="${before:-0}" -v b="$(program_ns)" -v n=$bursts \
		'BEGIN { printf "%.1f\n", (b - a) / n / 1e3 }' >>"$work/$1.program"
	echo "$stats_before" >/proc/sys/kernel/bpf_stats_enabled
	while read -r -t 0.01 gap <&"${CROWD[0]}"; do
		awk -v ns="$gap" 'BEGIN { printf "%.1f\n", ns / 1e3 }'
	done >"$work/gaps"
	[ -s "$work/gaps" ] || { echo "shares.sh: the crowd has made no burst" >&2; exit 1; }
	median "$work/gaps" >>"$work/$1.gap"
}

gcc -O2 -Wall -o "$work/crowd" benchmarks/src/main/c/crowd.c
await_captures 0
echo "$(uname -r), $cpus CPUs, medians of $rounds rounds of $bursts bursts (lowest to highest)"
echo
echo "| runs of others in a wait | variant | kept from its work, µs | program at sched_switch, µs for each wait |"
echo "|---|---|---|---|"
for runs in 64 511; do
	coproc CROWD { exec "$work/crowd" $((cpus - 1)) $runs; }
	read -r _ pid <&"${CROWD[0]}"
	for _ in $(seq "$rounds"); do
		for variant in nothing waits shares; do
			case $variant in
			waits) start "$pid" no ;;
			shares) start "$pid" yes ;;
			esac
			measure "$runs.$variant"
			stop_tool
			await_captures 0
		done
	done
	kill "$CROWD_PID" 2>/dev/null || :
	wait "$CROWD_PID" 2>/dev/null || :
	CROWD_PID=
	for variant in nothing waits shares; do
		program=-
		[ ! -s "$work/$runs.$variant.program" ] || program=$(spread "$work/$runs.$variant.program" 0)
		echo "| $runs | $variant | $(spread "$work/$runs.$variant.gap" 0) | $program |"
	done
done
