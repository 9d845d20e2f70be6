#!/bin/bash
# What CPU time it takes Mission Control to load a recording without any of our events, with the
# plug-in and without: medians of JVMs that take turns. No privileges. benchmarks/jmc.sh [turns]
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
turns=${1:-5}
maven -q package -DskipTests -pl jmc-plugin -am >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
maven -q dependency:build-classpath -pl jmc-plugin -am -DincludeScope=test \
	-DincludeGroupIds=org.openjdk.jmc,org.owasp.encoder,at.yawk.lz4 \
	-Dmdep.outputFile="$folder/core" compile >&2
tests=jmc-plugin/target/test-classes
core=$tests:$(cat "$folder/core")
load() {
	"$JDK/bin/java" -Xmx1g -XX:+UseSerialGC -cp "$1" latencyscope.jmc.LoadTimes load "$folder/foreign.jfr" 2>/dev/null
}
"$JDK/bin/java" -cp "$core" latencyscope.jmc.LoadTimes record "$folder/foreign.jfr"
for turn in $(seq "$turns"); do
	load "$core" >>"$folder/without"
	load "jmc-plugin/target/latencyscope-jmc.jar:$core" >>"$folder/with"
done
for what in without with; do
	sort -n "$folder/$what" | awk -v what="$what" \
		'{ v[NR] = $1 } END { printf "%-8s the plug-in: median %.1f ms of CPU (%.1f to %.1f)\n", what, v[int((NR + 1) / 2)], v[1], v[NR] }'
done
