#!/bin/bash
# How fast a large recording becomes tables, against jfr print --json in the same run, in CPU time; and whether adding a
# host's day to a folder with 50 or with 500 captures takes longer than to an empty one.
#
# Arguments: recording (the demo's), megabytes (1024; 0 for the host's day only).
# Needs a built tree (./latencyscope export --help builds it). Takes some minutes and twice the megabytes of disk.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
[ -x /usr/bin/time ] || need time
recording=${1:-latencyscope-demo/recording.jfr}
megabytes=${2:-1024}
[ -f "$recording" ] || die "no such recording: $recording (./latencyscope demo makes one)"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export LC_ALL=C

# measure NAME COMMAND... : a row of the table.
measure() {
	local name=$1 times cpu code=0
	shift
	/usr/bin/time -q -o "$work/times" -f '%U %S %e %M' "$@" >/dev/null 2>"$work/said" || code=$?
	if [ $code -gt 0 ]; then
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

export_to() {
	echo "$JDK/bin/java" -Xmx512m -XX:+UseSerialGC -Dlatencyscope.fleet="$FLEET_JAR" -jar "$JAR" export \
		"$2" -o "$1" --host "$3"
}

if [ "$megabytes" -gt 0 ]; then
	"$JDK/bin/java" benchmarks/src/main/java/latencyscope/benchmarks/LargeRecording.java \
		"$recording" "$megabytes" "$work/large.jfr"
	size=$(stat -c %s "$work/large.jfr")
	echo "| $((size / 1000000)) MB as | s of CPU | s | MB per s of CPU | times jfr | peak MB |"
	echo "|---|---|---|---|---|---|"
	measure "\`jfr print --json\`" "$JDK/bin/jfr" print --json "$work/large.jfr"
	measure tables $(export_to "$work/tables" "$work/large.jfr" engine1)
fi

# many FOLDER DAYS : as if 50 hosts had a capture on each of so many days: copies of one, each with a chunk.
many() {
	local host day place
	mkdir -p "$1/_chunks/176800"
	for host in {10..59}; do
		for ((day = 10; day < 10 + $2; day++)); do
			place=day=2026-01-$day/host=copy$host/capture=$host$day
			mkdir -p "$1/$(dirname "$place")"
			cp -r "$one" "$1/$place"
			echo "$place" >"$1/_chunks/176800/1768001$day${host}00000000-1"
		done
	done
}

size=$(stat -c %s "$recording")
$(export_to "$work/one" "$recording" engine1) >/dev/null
one=$(echo "$work"/one/day=*/host=*/capture=*)
many "$work/many50" 1
many "$work/many500" 10
echo
echo "| a host's day of $((size / 1000000)) MB, into | s of CPU | s | MB per s of CPU | times the first | peak MB |"
echo "|---|---|---|---|---|---|"
unset baseline
for run in 1 2 3; do
	measure "an empty folder" $(export_to "$work/empty-$run" "$recording" engine1)
	for captures in 50 500; do
		cp -r "$work/many$captures" "$work/many$captures-$run"
		measure "a folder of $captures captures" $(export_to "$work/many$captures-$run" "$recording" engine1)
	done
done
