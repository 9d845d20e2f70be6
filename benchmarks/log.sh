#!/bin/bash
# How long a dump takes that reads the whole log: records, milliseconds, microseconds a record; a line for each dump.
#
# Two threads wake each other in turns and rest while the log is read (LogReading). The first dump's code is not compiled.
#
# Arguments: dumps (4), seconds of turns before each (8), jar (the built one). Needs root, a built tree (benchmarks, too)
# and a quiet machine.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
jar=${3:-$JAR}
[ "$(id -u)" = 0 ] || { echo "log.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$JDK/bin/java" -jar "$jar" profiles "$work" >/dev/null
# All in the log, nothing above a threshold.
settings=$work/latencyscope.jfc
echo "$(uname -r), $(nproc) CPUs: records, ms, µs a record"
taskset -c 0 "$JDK/bin/java" -Xlog:all=warning:stderr \
	-javaagent:"$jar"=modules=isolation,history=512m,history.last=all \
	-XX:StartFlightRecording:name=log,settings="$settings",maxsize=2g \
	-cp benchmarks/target/benchmarks.jar latencyscope.benchmarks.LogReading "${1:-4}" "${2:-8}"
