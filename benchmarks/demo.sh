#!/bin/bash
# What the production profile costs the demo engine: orders, their latency, CPU time; in turns, with and without.
#
# Arguments: rounds (5), jar (the built one). Needs root, a built tree, and a quiet machine. Takes some five minutes.
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

# Runs the engine for 15 s of trading; keeps its figures under a name.
engine() {
	local name=$1
	shift
	{ time "$JDK/bin/java" -XX:+UseSerialGC "$@" -cp "$jar" demo.TradingEngine --seconds=15 \
		>"$work/out" 2>"$work/err"; } 2>"$work/time"
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
	engine recording -javaagent:"$jar"=start=latencyscope,file="$work/demo.jfr" -Dx
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

echo "$(uname -r), $(nproc) CPUs, medians (lowest to highest) of $rounds rounds of 15 s"
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
echo "| drain thread, % of a CPU | | | $(spread "$work/own.drain") |"
echo "| set-up, ms of CPU time, once | | | $(spread "$work/own.setup") |"
