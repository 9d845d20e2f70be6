#!/bin/bash
# How fast a large recording becomes each output, against jfr print --json in the same run.
#
# The recording is a real one whose chunks are repeated, each copy later than the one before. What
# counts is CPU time, all threads, the compiler and the collector included: other load on the
# machine does not. Heap 1 GB; the peak is of all memory that the process had at once.
#
# Arguments: recording (the demo's), megabytes (1024), formats (all).
# Needs a built tree. Takes about ten minutes and twice the megabytes of disk, more for traces.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
[ -x /usr/bin/time ] || need time
recording=${1:-latencyscope-demo/recording.jfr}
megabytes=${2:-1024}
formats=${3:-json text hlog html collapsed chrome perfetto}
[ -f "$recording" ] || die "no such recording: $recording (./latencyscope demo makes one)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

"$JDK/bin/java" benchmarks/src/main/java/latencyscope/benchmarks/LargeRecording.java \
	"$recording" "$megabytes" "$work/large.jfr"
size=$(stat -c %s "$work/large.jfr")

# measure NAME COMMAND... : a row of the table; what the command writes to its output is not kept.
measure() {
	local name=$1 times cpu code=0
	shift
	/usr/bin/time -q -o "$work/times" -f '%U %S %e %M' "$@" >/dev/null 2>"$work/said" || code=$?
	if [ $code -gt 2 ]; then
		cat "$work/said" >&2
		die "$name failed with code $code"
	fi
	times=$(cat "$work/times")
	cpu=$(awk '{ print $1 + $2 }' <<<"$times")
	baseline=${baseline:-$cpu}
	awk -v name="$name" -v size="$size" -v cpu="$cpu" -v base="$baseline" -v times="$times" 'BEGIN {
		split(times, t, " ")
		printf "| %s | %.1f | %.1f | %.1f | %.1f | %d |\n", name, cpu, t[3], size / cpu / 1e6, base / cpu, t[4] / 1e3
	}'
}

echo "| $((size / 1000000)) MB as | s of CPU | s | MB per s of CPU | times jfr | peak MB |"
echo "|---|---|---|---|---|---|"
measure "\`jfr print --json\`" "$JDK/bin/jfr" print --json "$work/large.jfr"
for format in $formats; do
	measure "$format" "$JDK/bin/java" -Xmx1g -XX:+UseSerialGC -jar "$JAR" \
		report "$work/large.jfr" --format "$format" --notional 1000000 --output "$work/out"
	rm -f "$work/out"
done
