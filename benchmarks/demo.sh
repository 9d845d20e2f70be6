#!/bin/bash
# What the production profile costs the demo engine: orders, their latency, CPU time; in turns, with and without.
#
# The strategy has CPU 1 for itself, as a trading engine's would; all else, ours too, runs on CPU 0. Watched is CPU 1, as
# ./latencyscope demo does, and in another column every CPU.
#
# Arguments: rounds (3), jar (the built one), modes ("none idle watched all"; "none all" takes half the time). Needs root,
# two CPUs, jq, a built tree, and a quiet machine. Takes 40 s for each mode and round.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
. benchmarks/medians.sh
. benchmarks/pin.sh
JDK=$(find_jdk)
rounds=${1:-3}
jar=${2:-$JAR}
modes=${3:-none idle watched all}
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "demo.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='%U %S'

SECONDS_OF_TRADING=35
# The market waits for something that never comes, and opens after 20 s: in each mode the same. Capturing begins with
# the JVM, as an engine's that is not to be disturbed when it trades; between these seconds nothing begins or ends.
PIN_AT=5
FROM=30
TO=50

# CPU time of the threads of ours in the engine so far, ns.
ours() {
	local sum=0 task ns
	for task in /proc/"$1"/task/*; do
		case $(cat "$task/comm" 2>/dev/null) in
		latencyscope*) read -r ns _ <"$task/schedstat" && sum=$((sum + ns)) ;;
		esac
	done
	echo "$sum"
}

# Runs the engine; keeps its figures under a name.
engine() {
	local name=$1 pid begun
	shift
	{ time {
		taskset -c 0 "$JDK/bin/java" -XX:+UseSerialGC "$@" -cp "$jar" demo.TradingEngine \
			--seconds=$SECONDS_OF_TRADING --opens-when=latencyscope.never=true \
			>"$work/out" 2>"$work/err" &
		pid=$!
		sleep $PIN_AT
		pin $pid strategy 1
		sleep $((FROM - PIN_AT))
		begun=$(ours $pid)
		sleep $((TO - FROM))
		echo "$begun $(ours $pid)" | awk -v s=$((TO - FROM)) '{ print ($2 - $1) / s / 1e7 }' >>"$work/$name.steady"
		wait $pid
	}; } 2>"$work/time"
	awk -v d="$work/$name" '{ print $1 + $2 >> (d ".cpu") }' "$work/time"
	# "p99   41.2 us ...": the first figure is that of tick-to-trade.
	awk -v d="$work/$name" '
		$1 == "count" { gsub(",", "", $2); print $2 >> (d ".count") }
		$1 ~ /^p(50|99|99\.9)$/ {
			gsub(",", "", $2)
			print $2 * ($3 == "ns" ? 0.001 : $3 == "ms" ? 1000 : $3 == "s" ? 1000000 : 1) >> (d "." $1)
		}' "$work/out"
}

# What the recording of a run says of its cost.
own() {
	"$JDK/bin/java" -jar "$jar" report "$work/demo.jfr" -f json >"$work/json" 2>/dev/null || true
	jq -r '.capture.setup_cpu_ns / 1e6' "$work/json" >>"$work/$1.setup"
	rm -f "$work/demo.jfr"
}

for _ in $(seq "$rounds"); do
	for mode in $modes; do
		case $mode in
		none) engine none -Dnothing ;;
		idle) engine idle -javaagent:"$jar" ;;
		watched)
			engine watched -javaagent:"$jar"=start=latencyscope,cpus=1,file="$work/demo.jfr"
			own watched
			;;
		all)
			engine all -javaagent:"$jar"=start=latencyscope,file="$work/demo.jfr"
			own all
			;;
		esac
	done
done

echo "$(uname -r), $(nproc) CPUs, medians (lowest to highest) of $rounds rounds of $SECONDS_OF_TRADING s"
echo
echo "| | without | agent idle | production profile, CPU 1 | the same, all CPUs | times without, round by round |"
echo "|---|---|---|---|---|---|"
row() {
	local mode line="| $2 |"
	for mode in none idle watched all; do
		line="$line $([ ! -e "$work/$mode.$1" ] || spread "$work/$mode.$1" 2) |"
	done
	if [ -e "$work/none.$1" ] && [ -e "$work/all.$1" ]; then
		paste "$work/none.$1" "$work/all.$1" | awk '$1 > 0 { print $2 / $1 }' >"$work/ratio"
		[ ! -s "$work/ratio" ] || line="$line $(spread "$work/ratio" 2) |"
	fi
	echo "$line"
}
row count "orders"
row p50 "tick-to-trade P50, µs"
row p99 "tick-to-trade P99, µs"
row p99.9 "tick-to-trade P99.9, µs"
row cpu "CPU time of the whole JVM, s"
row steady "our threads from second $FROM to $TO, % of a CPU"
row setup "set-up, ms of CPU time, once"
