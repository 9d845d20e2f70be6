#!/bin/bash
# What CPU time it takes Mission Control to load a recording without any of our events, with the
# plug-in and without: medians of JVMs that take turns. No privileges. benchmarks/jmc.sh [turns [RECORDING]]
#
# With a recording: what it takes to load that one and to evaluate all rules, Mission Control's and ours, in a JVM that
# was just started and in one that has done so before.
set -eu
what=load
if [ $# -gt 1 ]; then
	what=rules
	recording=$(readlink -e "$2")
fi
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
turns=${1:-5}
maven -q package -DskipTests -pl jmc-plugin -am >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tests=jmc-plugin/target/test-classes
repository=$HOME/.m2/repository
version=$(sed -n 's:.*<jmc.version>\(.*\)</jmc.version>.*:\1:p' pom.xml)
core=$tests:$(find "$repository"/org/openjdk/jmc/*/"$version" "$repository"/org/owasp/encoder "$repository"/at/yawk/lz4 \
	-name '*.jar' | tr '\n' ':')
if [ $what = load ]; then
	recording=$folder/foreign.jfr
	"$JDK/bin/java" -cp "$core" latencyscope.jmc.LoadTimes record "$recording"
fi
load() {
	"$JDK/bin/java" -Xmx1g -XX:+UseSerialGC -cp "$1" latencyscope.jmc.LoadTimes $what "$recording" 2>/dev/null
}
for turn in $(seq "$turns"); do
	load "$core" >>"$folder/without"
	load "jmc-plugin/target/latencyscope-jmc.jar:$core" >>"$folder/with"
done
median() { # column, name
	for mode in without with; do
		sort -n -k "$1" "$folder/$mode" | awk -v mode="$mode" -v column="$1" -v name="$2" \
			'{ v[NR] = $column } END { printf "%-8s the plug-in%s: median %.1f ms of CPU (%.1f to %.1f)\n", mode, name, v[int((NR + 1) / 2)], v[1], v[NR] }'
	done
}
if [ $what = rules ]; then
	median 1 ", the first time"
	median 2 ", later"
else
	median 1 ""
fi
