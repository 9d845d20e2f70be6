#!/bin/bash
# Makes the recording that golden files and mutations are of, anew: all of them change with it.
# Needs a built tree, root and the kernel.
set -eu
cd "$(dirname "$(readlink -f "$0")")"
root=../../../..
. $root/scripts/setup.sh
JDK=$(find_jdk)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
"$JDK/bin/javac" -d "$work" Engine.java
cp "$root/agent/target/latencyscope.jar" "$work"
cd "$work"
"$JDK/bin/java" -jar latencyscope.jar profiles .
# Loading the modules takes a while: the engine waits 5 s before it begins.
"$JDK/bin/java" -XX:+UseSerialGC -Xmx64m -XX:TieredStopAtLevel=1 --enable-native-access=ALL-UNNAMED \
	-javaagent:latencyscope.jar -cp . Engine 5000 &
engine=$!
sleep 1
"$JDK/bin/jcmd" $engine JFR.start settings=latencyscope.jfc flush-interval=1h kernel-threshold=50us
wait $engine
gzip -9n engine.jfr
cp engine.jfr.gz "$OLDPWD/../resources/recordings/"
