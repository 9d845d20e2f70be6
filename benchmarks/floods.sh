#!/bin/bash
# What each module adds to a flood of the events that it watches, tool against tool in one run.
#
# The floods are of benchmarks/src/main/c/flood.c: a system call that does nothing, first touches of
# pages, and datagrams that a socket sends to itself. The cost of a round is CPU time, so that what
# else runs on the machine does not count. Tools run on the other CPUs and take turns; medians.
#
# Arguments: rounds (5), jar (the built one).
# Needs root, gcc, clang, jq, bpftrace, bpftool, perf, strace, libbpf-tools and a built tree. Takes some six minutes.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
. benchmarks/medians.sh
. benchmarks/empty.sh
JDK=$(find_jdk)
rounds=${1:-5}
jar=${2:-$JAR}
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "floods.sh: needs root" >&2; exit 3; }
for tool in gcc clang jq bpftrace bpftool perf strace syscount; do
	command -v $tool >/dev/null || { echo "floods.sh: needs $tool" >&2; exit 3; }
done
cpus=$(nproc)
[ "$cpus" -ge 2 ] || { echo "floods.sh: needs 2 CPUs" >&2; exit 3; }
load_cpu=$((cpus - 1))
tool_cpus=0-$((cpus - 2))
work=$(mktemp -d)
tool=
finish() {
	stop_tool
	[ -z "${FLOOD_PID:-}" ] || kill "$FLOOD_PID" 2>/dev/null || :
	[ -z "${bystander:-}" ] || kill "$bystander" 2>/dev/null || :
	rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

stop_tool() {
	[ -n "$tool" ] || return 0
	kill -KILL "$tool" 2>/dev/null || :
	wait "$tool" 2>/dev/null || :
	tool=
	# strace leaves a stopped target behind when it is killed.
	[ -z "${FLOOD_PID:-}" ] || kill -CONT "$FLOOD_PID" 2>/dev/null || :
}

on_tool_cpus() {
	taskset -c "$tool_cpus" "$@" >"$work/tool.log" 2>&1 </dev/null &
	tool=$!
}

# ours MODULE PID THRESHOLD EVENT...
ours() {
	local module=$1 pid=$2 threshold=$3 settings=settings=none,maxsize=64m event
	shift 3
	for event in "$@"; do
		settings+=,+latencyscope.$event#enabled=true,+latencyscope.$event#threshold=$threshold
	done
	settings+=,+latencyscope.Capture#enabled=true,+latencyscope.Capture#modules=$module,+latencyscope.Capture#pid=$pid
	on_tool_cpus "$JDK/bin/java" -XX:+UseSerialGC -Xlog:disable -Xlog:all=off \
		--enable-native-access=ALL-UNNAMED -javaagent:"$jar" \
		-XX:FlightRecorderOptions:repository="$work" -XX:StartFlightRecording:"$settings" \
		-cp benchmarks/target/benchmarks.jar latencyscope.benchmarks.Idle
	await_program 'ls_'
}

await_program() {
	for _ in $(seq 100); do
		if [ "$(bpftool link show 2>/dev/null | grep -cE 'prog')" -gt "$links_before" ]; then
			sleep 1.5
			return
		fi
		sleep 0.1
	done
	echo "floods.sh: the tool did not get into the kernel" >&2
	cat "$work/tool.log" >&2
	exit 1
}

events_of() {
	case $1 in
	syscall) echo FutexWait BlockingSyscall Sleep ;;
	fault) echo PageFault TlbShootdown MemoryStall ;;
	udp) echo SocketDelivery NapiPoll PacketDrop ;;
	esac
}

module_of() {
	case $1 in
	syscall) echo syscall ;;
	fault) echo memory ;;
	udp) echo network ;;
	esac
}

bpftrace_of() {
	case $1 in
	syscall) echo "tracepoint:raw_syscalls:sys_enter /pid == $2/ { @s[tid] = nsecs; }
		tracepoint:raw_syscalls:sys_exit /@s[tid]/ { @ns = hist(nsecs - @s[tid]); delete(@s[tid]); }" ;;
	fault) echo "tracepoint:exceptions:page_fault_user /pid == $2/ { @s[tid] = nsecs; }
		software:page-faults:1 /@s[tid]/ { @ns = hist(nsecs - @s[tid]); delete(@s[tid]); }" ;;
	udp) echo "tracepoint:net:netif_rx { @s[args->skbaddr] = nsecs; }
		tracepoint:sock:sock_recv_length /pid == $2/ { @reads = count(); }
		tracepoint:skb:consume_skb /@s[args->skbaddr]/ { @ns = hist(nsecs - @s[args->skbaddr]); delete(@s[args->skbaddr]); }
		tracepoint:skb:kfree_skb /@s[args->skbaddr]/ { delete(@s[args->skbaddr]); }" ;;
	esac
}

start() { # KIND VARIANT PID
	links_before=$(bpftool link show 2>/dev/null | grep -cE 'prog' || :)
	case $2 in
	nothing) ;;
	agent-idle)
		on_tool_cpus "$JDK/bin/java" -XX:+UseSerialGC -Xlog:disable -javaagent:"$jar" \
			-cp benchmarks/target/benchmarks.jar latencyscope.benchmarks.Idle
		sleep 1
		;;
	ours) ours "$(module_of "$1")" "$3" 1s $(events_of "$1") ;;
	ours-every-event) ours "$(module_of "$1")" "$3" 0ns $(events_of "$1") ;;
	ours-elsewhere) ours "$(module_of "$1")" "$bystander" 1s $(events_of "$1") ;;
	empty)
		start_empty "$work/$1.o" "$tool_cpus" >"$work/tool.log" 2>&1 </dev/null &
		tool=$!
		await_program 'ls_'
		;;
	bpftrace)
		on_tool_cpus bpftrace -e "$(bpftrace_of "$1" "$3")"
		sleep 3
		;;
	libbpf-tools)
		on_tool_cpus syscount -L -p "$3" -d 60
		sleep 1.5
		;;
	perf-trace)
		on_tool_cpus perf trace -s -p "$3"
		sleep 2
		;;
	strace)
		on_tool_cpus strace -c -f -p "$3"
		sleep 1
		;;
	esac
}

variants_of() {
	echo nothing agent-idle empty ours ours-every-event ours-elsewhere bpftrace
	case $1 in
	syscall) echo libbpf-tools perf-trace strace ;;
	udp) echo perf-trace strace ;;
	esac
}

gcc -O2 -Wall -o "$work/flood" benchmarks/src/main/c/flood.c
taskset -c 0 sleep 900 &
bystander=$!
echo "$(uname -r), $cpus CPUs, medians of $rounds rounds"
for kind in syscall fault udp; do
	coproc FLOOD { exec taskset -c "$load_cpu" "$work/flood" $kind; }
	start $kind ours "$FLOOD_PID"
	empty_twin "$work/$kind.o"
	stop_tool
	for _ in $(seq "$rounds"); do
		for variant in $(variants_of $kind); do
			start $kind "$variant" "$FLOOD_PID"
			echo go >&"${FLOOD[1]}"
			read -r ns <&"${FLOOD[0]}"
			echo "$ns" >>"$work/$kind.$variant"
			stop_tool
			sleep 0.2
		done
	done
	kill "$FLOOD_PID" 2>/dev/null || :
	wait "$FLOOD_PID" 2>/dev/null || :
	FLOOD_PID=
	base=$(median "$work/$kind.nothing")
	empty=$(median "$work/$kind.empty")
	reference=$(median "$work/$kind.bpftrace")
	echo
	echo "| $kind | ns per round | added | of empty programs' | of bpftrace's |"
	echo "|---|---|---|---|---|"
	for variant in $(variants_of $kind); do
		awk -v v="$variant" -v ns="$(median "$work/$kind.$variant")" -v b="$base" -v e="$empty" \
			-v r="$reference" 'BEGIN {
			printf "| %s | %.0f | %.0f | %.2f | %.2f |\n", v, ns, ns - b, (ns - b) / (e - b), (ns - b) / (r - b) }'
	done
done
