#!/bin/bash
# What the production profile costs the demo engine: orders, their latency, CPU time; in turns, with and without.
#
# Arguments: rounds (5), jar (the built one). Needs root, a built tree, and a quiet machine. Takes two minutes a round.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
rounds=${1:-5}
jar=${2:-$JAR}
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "demo.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
TIMEFORMAT='%U %S'

SECONDS_OF_TRADING=35
# Between these seconds of a capture its own code is compiled, and nothing ends yet.
FROM=10
TO=30

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
	local name=$1 pid begun java=()
	shift
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		java+=("$1")
		shift
	done
	[ $# = 0 ] || shift
	{ time {
		"$JDK/bin/java" -XX:+UseSerialGC "${java[@]}" -cp "$jar" demo.TradingEngine \
			--seconds=$SECONDS_OF_TRADING "$@" \
			>"$work/out" 2>"$work/err" &
		pid=$!
		sleep $FROM
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

for _ in $(seq "$rounds"); do
	engine none -Dnothing
	engine idle -javaagent:"$jar"
	engine recording -javaagent:"$jar"=start=latencyscope,file="$work/demo.jfr" -- --opens-when=latencyscope.state=capturing
	"$JDK/bin/java" -jar "$jar" report "$work/demo.jfr" -f json 2>/dev/null |
		jq -r '.capture.drain_cpu_ns / .duration_seconds / 1e7, .capture.setup_cpu_ns / 1e6' >"$work/own" || true
	awk -v d="$work/own" '{ print >> (d (NR == 1 ? ".drain" : ".setup")) }' "$work/own"
	rm -f "$work/demo.jfr"
done

# median (lowest to highest)
spread() {
	sort -n "$1" | awk '{ v[NR] = $1 } END {
		printf "%.2f (%.2f to %.2f)", NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2, v[1], v[NR] }'
}

echo "$(uname -r), $(nproc) CPUs, medians (lowest to highest) of $rounds rounds of $SECONDS_OF_TRADING s"
echo
echo "| | without | agent idle | production profile |"
echo "|---|---|---|---|"
row() {
	echo "| $2 | $(spread "$work/none.$1") | $(spread "$work/idle.$1") | $(spread "$work/recording.$1") |"
}
row count "orders"
row p50 "tick-to-trade P50, µs"
row p99 "tick-to-trade P99, µs"
row p99.9 "tick-to-trade P99.9, µs"
row cpu "CPU time of the whole JVM, s"
row steady "our threads from second $FROM to $TO, % of a CPU"
echo "| drain thread, all of its time, % of a CPU | | | $(spread "$work/own.drain") |"
echo "| set-up, ms of CPU time, once | | | $(spread "$work/own.setup") |"
