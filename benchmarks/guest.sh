#!/bin/bash
# What the agent costs an engine as a guest: at its start, until the first event, and in a busy loop.
#
# Everything is run in turns, with and without, and printed as medians; the spread is beside them,
# and beside ratios the interval that holds the true median with 95 %.
# The first events are those of a JVM that has not recorded before (cold), and of one that does (warm).
# Exit code 1 if a target is missed.
# Arguments: rounds (9), jar (the built one). Needs root, two CPUs, a built tree and a quiet machine. Takes two minutes a round.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
. benchmarks/medians.sh
. benchmarks/pin.sh
JDK=$(find_jdk)
rounds=${1:-9}
jar=${2:-$JAR}
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "guest.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cpu=$(($(nproc) - 1))

# Not -Xlog:disable: with it the recorder writes out the code of each event class that it instruments, for nobody.
log=-Xlog:all=warning:stderr

engine() {
	"$JDK/bin/java" -XX:+UseSerialGC $log -cp benchmarks/target/classes "$@"
}

# milliseconds that a JVM takes which does nothing
start_ms() {
	local before after
	before=$(date +%s%N)
	engine "$@" latencyscope.benchmarks.Nothing >/dev/null 2>&1
	after=$(date +%s%N)
	echo $(((after - before) / 1000)) | awk '{ print $1 / 1000 }'
}

# What any agent costs: with one, a JVM leaves its archive of modules and opens a jar.
echo "Premain-Class: latencyscope.benchmarks.Nothing" >"$work/manifest"
"$JDK/bin/jar" --create --file "$work/empty.jar" --manifest "$work/manifest" \
	-C benchmarks/target/classes latencyscope/benchmarks/Nothing.class

for _ in $(seq $((rounds * 3))); do
	start_ms -Dnothing >>"$work/start.none"
	start_ms -javaagent:"$work/empty.jar" >>"$work/start.empty"
	start_ms -javaagent:"$jar" >>"$work/start.agent"
done

# Name of the state, then the options of the JVM.
first_events() {
	local state=$1
	shift
	engine "$@" latencyscope.benchmarks.FirstEvent 4000 "$state" |
		awk -v d="$work" -v s="$state" '{ print $2 >> (d "/" s "." $1) }'
}

for _ in $(seq "$rounds"); do
	engine -Dnothing latencyscope.benchmarks.FirstEvent 1000 cold |
		awk -v d="$work" '{ print $2 >> (d "/none." $1) }'
	first_events cold -javaagent:"$jar"
	first_events warm -javaagent:"$jar"
done

# The loop has a CPU for itself, as an engine's would; all else, ours too, runs on the others.
declare -A jitter_pid jitter_in jitter_out
jitter() {
	local name=$1 in out
	shift
	mkfifo "$work/$name.in" "$work/$name.out"
	taskset -c "0-$((cpu - 1))" "$JDK/bin/java" -XX:+UseSerialGC $log -cp benchmarks/target/classes \
		"$@" latencyscope.benchmarks.Jitter <"$work/$name.in" >"$work/$name.out" 2>/dev/null &
	jitter_pid[$name]=$!
	exec {in}>"$work/$name.in" {out}<"$work/$name.out"
	jitter_in[$name]=$in
	jitter_out[$name]=$out
	ask "$name" spin >/dev/null # compiles it
	pin "${jitter_pid[$name]}" spinner "$cpu"
	ask "$name" spin >/dev/null
}

# ask NAME ORDER...: has it done, and prints the answer
ask() {
	local name=$1 answer
	shift
	echo "$*" >&"${jitter_in[$name]}"
	read -r answer <&"${jitter_out[$name]}"
	echo "$answer"
}

"$JDK/bin/java" -jar "$jar" profiles "$work" >/dev/null
jitter none -Dnothing
jitter idle -javaagent:"$jar"
jitter recording -javaagent:"$jar"
# What the host does to the loop changes within seconds, so the three take turns of one; what one of them is to
# another is told turn by turn, in each order as often.
for _ in $(seq "$rounds"); do
	for order in "none idle recording" "none recording idle" "idle none recording" \
		"idle recording none" "recording none idle" "recording idle none"; do
		for name in $order; do
			[ $name != recording ] || ask $name start "$work/latencyscope.jfc" >/dev/null
			ask $name spin >>"$work/tail.$name"
			if [ $name = recording ]; then
				ask $name stop >/dev/null
				sleep 1 # the kernel takes the programs apart later
			fi
		done
	done
done
for name in none idle recording; do
	kill "${jitter_pid[$name]}"
done
for name in idle recording; do
	paste "$work/tail.$name" "$work/tail.none" | awk '{ print $1 / $2 }' >"$work/ratio.$name"
done

echo "$(uname -r), $(nproc) CPUs, medians (lowest to highest) of $rounds rounds"
echo
echo "| | without | with the agent | difference |"
echo "|---|---|---|---|"
for without in none empty; do
	awk -v a="$(median "$work/start.$without")" -v b="$(median "$work/start.agent")" \
		-v sa="$(spread "$work/start.$without" 1)" -v sb="$(spread "$work/start.agent" 1)" -v w="$without" \
		'BEGIN { printf "| JVM start to end%s, ms | %s | %s | %.1f |\n",
			w == "empty" ? ", without: an agent that does nothing" : "", sa, sb, b - a }'
done
for state in cold warm; do
	for file in "$work/$state."*; do
		name=${file#"$work/$state."}
		without=
		[ $state = warm ] || [ ! -e "$work/none.$name" ] || without=$(spread "$work/none.$name" 1)
		echo "| $name after a recording was asked for ($state), ms | $without | $(spread "$file" 1) | |"
	done
done
for state in idle recording; do
	echo "| P99.99 of a pinned busy loop, agent $state, ns | $(spread "$work/tail.none" 0) | $(spread "$work/tail.$state" 0)" \
		"| $(interval "$work/ratio.$state" 3) times |"
done

# The targets of the design, on a quiet machine. "met" or the exit code 1.
echo
status=0
target() {
	local name=$1 is=$2 limit=$3
	if awk -v a="$is" -v b="$limit" 'BEGIN { exit !(a <= b) }'; then
		echo "met: $name $is, at most $limit"
	else
		echo "MISSED: $name $is, at most $limit"
		status=1
	fi
}
target "start beyond that of any agent, ms" "$(awk -v a="$(median "$work/start.empty")" -v b="$(median "$work/start.agent")" 'BEGIN { print b - a }')" 20
target "first ContextSwitch, cold, ms" "$(median "$work/cold.latencyscope.ContextSwitch")" 500
target "first ContextSwitch, warm, ms" "$(median "$work/warm.latencyscope.ContextSwitch")" 500
for state in idle:1.02 recording:1.05; do
	target "P99.99, agent ${state%:*}, times" "$(median "$work/ratio.${state%:*}")" "${state#*:}"
done
exit $status
