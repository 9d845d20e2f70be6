#!/bin/bash
# Makes recordings that tests read anew. Needs a built tree, root and the kernel. record.sh [engine|contended]…
#
#   engine     what golden files and mutations are of: all of them change with it
#   contended  every switch, on one CPU beside a competitor: what traces are judged by
set -eu
cd "$(dirname "$(readlink -f "$0")")"
resources=$PWD/../resources/recordings
root=../../../..
. $root/scripts/setup.sh
JDK=$(find_jdk)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$JDK/bin/javac" -d "$work" Engine.java
cp "$root/agent/target/latencyscope.jar" "$work"
cd "$work"
"$JDK/bin/java" -jar latencyscope.jar profiles .

# Name, of how many orders one is an event, threshold, what the JVM runs under.
record() {
	# Loading the modules takes a while: the engine waits 5 s before it begins.
	"${@:4}" "$JDK/bin/java" -XX:+UseSerialGC -Xmx64m -XX:TieredStopAtLevel=1 \
		--enable-native-access=ALL-UNNAMED -javaagent:latencyscope.jar -cp . Engine 5000 "$2" &
	engine=$!
	sleep 1
	"$JDK/bin/jcmd" $engine JFR.start settings=latencyscope.jfc flush-interval=1h kernel-threshold="$3"
	wait $engine
	gzip -9nc engine.jfr >"$resources/$1.jfr.gz"
}

for name in "${@:-engine}"; do
	case $name in
	engine) record engine 50 50us env ;;
	contended) record contended 1 0ns taskset -c 1 ;;
	esac
done
