#!/bin/bash
# What the agent's threads cost while a JVM does nothing: percent of a CPU and wakeups a second of each.
#
# The JVM has one thread, which sleeps, and a recording with latencyscope.jfc. Its code is given half a minute to get
# compiled. Several jars take turns. A wakeup is a switch that the thread wanted, which it needs to sleep.
#
# Arguments: seconds that are measured (10), turns (3), jars (the built one).
# Needs root and a built tree.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
seconds=${1:-10}
turns=${2:-3}
shift $(($# < 2 ? $# : 2))
[ $# -gt 0 ] || set -- "$JAR"
settle=${SETTLE:-30}
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "idle.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
engine=
trap '[ -z "$engine" ] || kill $engine 2>/dev/null || :; rm -rf "$work"' EXIT
cat >"$work/Sleeper.java" <<-'JAVA'
	class Sleeper {
	  public static void main(String[] args) throws Exception {
	    Thread.sleep(Long.MAX_VALUE);
	  }
	}
JAVA
"$JDK/bin/javac" -d "$work" "$work/Sleeper.java"

# accounts PID : CPU time in nanoseconds and wakeups of each of our threads
accounts() {
	local task
	for task in /proc/"$1"/task/*; do
		case $(cat "$task/comm" 2>/dev/null) in
		latencyscope-*)
			echo "$(cat "$task/comm") $(cut -d' ' -f1 "$task/schedstat") $(awk '/^voluntary/ { print $2 }' "$task/status")"
			;;
		esac
	done
}

# measure TURN JAR
measure() {
	"$JDK/bin/java" -XX:+UseSerialGC -Xmx64m -Xlog:disable -Xlog:all=off --enable-native-access=ALL-UNNAMED \
		-javaagent:"$2"=start=latencyscope,file="$work/idle.jfr" -cp "$work" Sleeper >"$work/out" 2>&1 &
	engine=$!
	sleep "$settle"
	accounts $engine >"$work/before"
	sleep "$seconds"
	accounts $engine >"$work/after"
	kill $engine
	wait $engine 2>/dev/null || :
	engine=
	grep -q "^latencyscope-dr" "$work/after" || {
		echo "idle.sh: no capture with $2" >&2
		cat "$work/out" >&2
		exit 1
	}
	awk -v row="| $1 | $(basename "$2")" -v s="$seconds" '
		NR == FNR { ns[$1] = $2; woken[$1] = $3; next }
		{ printf "%s | %s | %.2f | %.1f |\n", row, $1, ($2 - ns[$1]) / s / 1e7, ($3 - woken[$1]) / s }
	' "$work/before" "$work/after"
}

echo "| Turn | Jar | Thread | % of a CPU | Wakeups a second |"
echo "|---|---|---|---|---|"
for turn in $(seq "$turns"); do
	for jar in "$@"; do
		measure "$turn" "$(readlink -f "$jar")"
	done
done
