#!/bin/bash
# What a tool's kernel side adds to the threads that it watches, tool against tool in one run.
#
# The load is perf's pipe ping-pong, both threads on one CPU: every turn is a waking, a wakeup and a
# switch. Its cost is the CPU time that the scheduler has charged to the two threads, per switch,
# so that neither waiting for the CPU nor what else runs on the machine counts. The tools themselves
# run on the other CPUs. Rounds are interleaved; what is printed are medians.
#
# Arguments: rounds (5), jar (the built one).
# Needs root, perf, bpftrace, bpftool, clang, jq, libbpf-tools' runqlat and a built tree. Takes three to
# four minutes.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
. benchmarks/medians.sh
. benchmarks/empty.sh
JDK=$(find_jdk)
rounds=${1:-5}
jar=${2:-$JAR}
window=1 # seconds
export LC_ALL=C

[ "$(id -u)" = 0 ] || { echo "overhead.sh: needs root" >&2; exit 3; }
for tool in perf bpftrace bpftool clang jq runqlat; do
	command -v $tool >/dev/null || { echo "overhead.sh: needs $tool" >&2; exit 3; }
done
cpus=$(nproc)
[ "$cpus" -ge 2 ] || { echo "overhead.sh: needs 2 CPUs" >&2; exit 3; }

load_cpu=$((cpus - 1))
tool_cpus=0-$((cpus - 2))
work=$(mktemp -d)
stats_before=$(cat /proc/sys/kernel/bpf_stats_enabled)
tool=
load=
limit=
bystander=

finish() {
	stop_tool
	[ -z "$limit" ] || kill "$limit" 2>/dev/null || :
	[ -z "$bystander" ] || kill "$bystander" 2>/dev/null || :
	echo "$stats_before" >/proc/sys/kernel/bpf_stats_enabled
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

stop_tool() {
	[ -n "$tool" ] || return 0
	# What it has found is not wanted, and bpftrace is slow to end otherwise.
	kill -KILL "$tool" 2>/dev/null || :
	wait "$tool" 2>/dev/null || :
	tool=
}

# Waits until a program of that name pattern is in the kernel, and a little longer for the rest.
await_program() {
	for _ in $(seq 100); do
		if bpftool prog show | grep -qE "name ($1)"; then
			sleep 0.7
			return
		fi
		sleep 0.1
	done
	echo "overhead.sh: $1 did not get into the kernel" >&2
	cat "$work/tool.log" >&2
	exit 1
}

# ours PID THRESHOLD: the isolation module as a recording in a JVM of its own switches it on.
ours() {
	local settings=settings=none,maxsize=64m
	await_alone 0 # so that the programs that come now are ours
	for event in RunQueueWait ContextSwitch Migration; do
		settings+=,+latencyscope.$event#enabled=true,+latencyscope.$event#threshold=$2
	done
	for event in Capture RecordsLost ClockSync; do
		settings+=,+latencyscope.$event#enabled=true
	done
	taskset -c "$tool_cpus" "$JDK/bin/java" -XX:+UseSerialGC -Xlog:disable -Xlog:all=off \
		--enable-native-access=ALL-UNNAMED -javaagent:"$jar" \
		-XX:FlightRecorderOptions:repository="$work" \
		-XX:StartFlightRecording:"$settings,+latencyscope.Capture#modules=isolation,+latencyscope.Capture#pid=$1" \
		-cp benchmarks/target/benchmarks.jar latencyscope.benchmarks.Idle \
		>"$work/tool.log" 2>&1 &
	tool=$!
	await_program ls_sched_switch
}

start() {
	case $1 in
	nothing) ;;
	ours) ours "$load" 1us ;;
	ours-every-event) ours "$load" 0ns ;;
	ours-elsewhere) ours "$bystander" 1us ;;
	empty)
		start_empty "$work/empty.o" "$tool_cpus" >"$work/tool.log" 2>&1 &
		tool=$!
		await_program 'ls_sched_switch'
		;;
	runqlat)
		taskset -c "$tool_cpus" runqlat -p "$load" >"$work/tool.log" 2>&1 &
		tool=$!
		await_program 'sched_switch|handle_sched_sw'
		;;
	bpftrace)
		taskset -c "$tool_cpus" bpftrace -e "
			tracepoint:sched:sched_wakeup, tracepoint:sched:sched_wakeup_new
			/@threads[args->pid]/ { @woken[args->pid] = nsecs; }
			tracepoint:sched:sched_switch {
				if (pid == $load) {
					@threads[args->prev_pid] = 1;
					if (args->prev_state == 0) { @woken[args->prev_pid] = nsecs; }
				}
				if (@woken[args->next_pid]) {
					@ns = hist(nsecs - @woken[args->next_pid]);
					delete(@woken[args->next_pid]);
				}
			}" >"$work/tool.log" 2>&1 &
		tool=$!
		await_program 'sched_switch|tracepoint_sche'
		;;
	esac
}

# CPU time and runs of all threads of the load, as the scheduler has counted them.
account() {
	cat /proc/"$load"/task/*/schedstat | awk '{ ns += $1; runs += $3 } END { print ns, runs }'
}

# Another capture on this machine would be measured too: such a window does not count.
alone() {
	[ "$(bpftool prog show | grep -c 'name ls_sched_switch')" = "$1" ]
}

await_alone() {
	for _ in $(seq 120); do
		alone "$1" && return
		sleep 0.5
	done
	echo "overhead.sh: another capture is running" >&2
	exit 1
}

# CPU time per switch of the load in nanoseconds, while so many captures of ours run.
measure() {
	local before after
	while :; do
		await_alone "$1"
		before=$(account)
		sleep "$window"
		after=$(account)
		alone "$1" && break
	done
	echo "$before $after" | awk '{ printf "%.1f\n", ($3 - $1) / ($4 - $2) }'
}

# Our programs that a switch of the load runs: name, nanoseconds, runs.
programs() {
	bpftool -j prog show | tr '}' '\n' | sed -nE \
		's/.*"name":"ls_sched_(switch|waking|wakeup)".*"run_time_ns":([0-9]*),"run_cnt":([0-9]*).*/\1 \2 \3/p'
}

# The kernel's own account: nanoseconds of one run, the clock readings that it adds included.
kernel_account() {
	echo 1 >/proc/sys/kernel/bpf_stats_enabled
	sleep 0.3 # a program that has not run since is shown without its counts
	programs | sort >"$work/programs.before"
	sleep "$window"
	programs | sort >"$work/programs.after"
	echo "$stats_before" >/proc/sys/kernel/bpf_stats_enabled
	join "$work/programs.before" "$work/programs.after" | awk '
		{ ns = ($4 - $2) / ($5 - $3); sum += ns
			printf "%s%s %.0f", (NR > 1 ? " + " : ""), $1, ns }
		END { printf " = %.0f\n", sum }'
}

taskset -c "$load_cpu" timeout 300 perf bench sched pipe -T -l 2000000000 >/dev/null 2>&1 &
limit=$!
for _ in $(seq 100); do
	load=$(pgrep -P "$limit") && break
	sleep 0.1
done
[ -n "$load" ] || { echo "overhead.sh: perf bench sched pipe does not run" >&2; exit 1; }
taskset -c 0 sleep 300 &
bystander=$!

start ours
empty_twin "$work/empty.o"
stop_tool

variants="nothing empty ours ours-every-event ours-elsewhere runqlat bpftrace"
for _ in $(seq "$rounds"); do
	for variant in $variants; do
		start "$variant"
		case $variant in
		ours* | empty) measure 1 ;;
		*) measure 0 ;;
		esac >>"$work/$variant"
		stop_tool
	done
done
for variant in ours ours-every-event ours-elsewhere; do
	start "$variant"
	await_alone 1
	kernel_account >"$work/$variant.account"
	stop_tool
done

base=$(median "$work/nothing")
echo "$(uname -r), $cpus CPUs, medians of $rounds rounds of $window s; one switch without any tool costs $base ns"
echo
echo "| tool | ns per switch | added | of empty programs' | of runqlat's | the kernel's own account |"
echo "|---|---|---|---|---|---|"
added() {
	awk -v a="$(median "$work/$1")" -v b="$base" 'BEGIN { print a - b }'
}
empty_added=$(added empty)
runqlat_added=$(added runqlat)
for variant in $variants; do
	awk -v v="$variant" -v ns="$(median "$work/$variant")" -v base="$base" \
		-v empty="$empty_added" -v other="$runqlat_added" \
		-v account="$(cat "$work/$variant.account" 2>/dev/null || :)" 'BEGIN {
		printf "| %s | %.0f | %.0f | %.2f | %.2f | %s |\n", v, ns, ns - base, (ns - base) / empty,
			(ns - base) / other, account }'
done
