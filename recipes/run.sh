#!/bin/bash
# Engines on well-known libraries, each with troubles provoked: the first screen must name each first.
#
#   recipes/run.sh                      all engines with all troubles, about 15 s each
#   recipes/run.sh ENGINE TROUBLE       one: disruptor, aeron, chronicle, netty or matching;
#                                       competitor, cold-file, lock, gc or none
#
# Prints the first screen of each, and ends with code 1 if one does not begin with what was provoked and a command
# against it. SECONDS_RECORDED=5 is how long each is recorded; KEEP=DIR keeps the recordings. Needs root and 2 CPUs.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
build
jar=$(readlink -f "$JAR")
maven -q package -DskipTests -f recipes/pom.xml >&2 || die "recipes/pom.xml does not build"
engines=$(readlink -f recipes/target/latencyscope-recipes-*[0-9].jar)
recorded=${SECONDS_RECORDED:-5}
keep=${KEEP:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# What the first of the numbered causes must say, and what its command must have.
expect() {
	case $1 in
	# A thread that polls is preempted; one that sleeps until there is something to read waits when it wakes.
	competitor) echo 'competitor preempted strategy|strategy waited behind competitor => taskset -c|taskset -apc' ;;
	cold-file) echo 'strategy waited for major page faults => vmtouch' ;;
	lock) echo 'strategy waited for a lock \(ReentrantLock\) that risk held => jfr print' ;;
	gc) echo 'GC Thread.* was kept from running in a GC pause => chrt --idle|-XX:' ;;
	none) echo '. => .' ;;
	esac
}

# The scheduler gives each session its share, and within one each process (sched_autogroup). What else runs on this
# host gets little: the engine and its competitor share the CPU as ever.
first() {
	setsid -w sh -c 'echo -19 >/proc/self/autogroup 2>/dev/null; exec nice -n -19 "$@"' sh "$@"
}

# screen_number DIR TITLE: the number of the first cause that is not another process's than those of the recipe
screen_number() {
	"$JDK/bin/java" -jar "$jar" report --json "$1/run.jfr" >"$1/report.json" || [ $? -le 2 ]
	jq --arg title "$2" '(.target.pid | tostring) as $pid
		| [.top_causes[] | ((.culprit // "") | test("[(]pid (?!" + $pid + "\\b)")) and (.title | test($title) | not)]
		| (index(false) // 0) + 1' "$1/report.json"
}

# run ENGINE TROUBLE
run() {
	local dir=${keep:-$work}/$1-$2 screen entry wanted number
	rm -rf "$dir"
	mkdir -p "$dir"
	"$JDK/bin/java" -jar "$jar" profiles "$dir" >/dev/null
	(cd "$dir" && first taskset -c 0 "$JDK/bin/java" -Xms1g -Xmx1g -Xmn700m -XX:+AlwaysPreTouch -XX:+UseParallelGC -XX:ParallelGCThreads=2 \
		"-javaagent:$jar=cpus=$(($(nproc) - 1))" -jar "$engines" \
		"$1" "$2" "$recorded" "$dir" "$dir/latencyscope.jfc" >"$dir/out" 2>"$dir/err") || {
		cat "$dir/err" >&2
		die "$1 with $2 failed"
	}
	COLUMNS=80 "$JDK/bin/java" -jar "$jar" report "$dir/run.jfr" >"$dir/report.txt" || [ $? -le 2 ]
	echo "== $1, $2: $(cat "$dir/out")"
	screen=$(head -24 "$dir/report.txt")
	echo "$screen"
	wanted=$(expect "$2")
	number=$(screen_number "$dir" "${wanted% => *}")
	entry=$(echo "$screen" | awk -v n="$number." '/^ *[0-9]+[.] /{on = $1 == n} /^$/{on = 0} on' |
		sed 's/\\$//' | tr -s ' \n' ' ')
	if echo "$entry" | grep -Eq -- "${wanted% => *}" && echo "$entry" | grep -Eq -- "${wanted#* => }"; then
		echo "== number $number, with a command"
	else
		echo "== NOT FIRST: number $number is '$entry'"
		failed=1
	fi
	[ -n "$keep" ] || rm -rf "$dir"
}

failed=0
if [ $# = 2 ]; then
	run "$1" "$2"
else
	for engine in disruptor aeron chronicle netty matching; do
		for trouble in competitor cold-file lock gc; do
			run "$engine" "$trouble"
		done
	done
fi
exit $failed
