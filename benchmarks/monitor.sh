#!/bin/bash
# What the live view takes: CPU time of its process by thread, percent of one CPU, in a terminal of 80x24.
#
# The target runs on CPU 1 and the view on CPU 0, as the document advises. Three targets: one that sleeps, the demo
# engine, and the demo engine beside a busy loop on its CPU. The view runs for a minute first: its code is compiled then.
#
# Arguments: seconds that are measured (60), seconds before (60). Needs root, two CPUs, tmux, a built tree.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
seconds=${1:-60}
warm=${2:-60}
jar=$(readlink -f "$JAR")
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "monitor.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
socket=latencyscope-benchmark-$$
started=()
trap 'tmux -L $socket kill-server 2>/dev/null || true; kill "${started[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT

# times PID : each thread's id, CPU time in nanoseconds and name
times() {
	local task
	for task in /proc/"$1"/task/*; do
		echo "${task##*/} $(cut -d' ' -f1 "$task/schedstat") $(tr ' ' _ <"$task/comm")"
	done 2>/dev/null
}

# measure NAME PID : the view's cost beside that target
measure() {
	tmux -u -L $socket -f /dev/null new-session -d -x 80 -y 24 "taskset -c 0 ./latencyscope monitor --pid $2"
	sleep "$warm"
	local view
	view=$(tmux -L $socket display-message -p '#{pane_pid}')
	times "$view" >"$work/before"
	sleep "$seconds"
	times "$view" >"$work/after"
	tmux -u -L $socket capture-pane -p >"$work/screen"
	tmux -L $socket send-keys q
	echo "$1:"
	awk -v ns="$seconds"e9 '
		NR == FNR { before[$1] = $2; next }
		{
			share = 100 * ($2 - before[$1]) / ns
			all += share
			if ($3 ~ /^latencyscope-dr/) drain += share
			if (share >= 0.02) printf "  %5.2f %%  %s\n", share, $3
		}
		END { printf "  %5.2f %%  all; %.2f %% without the drain thread\n", all, all - drain }
	' "$work/before" "$work/after"
	sed 's/^/  | /' "$work/screen"
	sleep 3
}

taskset -c 1 sleep 3600 &
started+=($!)
measure "a process that sleeps" $!
taskset -c 1 "$JDK/bin/java" -cp "$jar" demo.TradingEngine --seconds=3600 >"$work/out" 2>&1 &
engine=$!
started+=($engine)
sleep 5
measure "the demo engine" $engine
taskset -c 1 sh -c 'while :; do :; done' &
started+=($!)
measure "the demo engine beside a busy loop" $engine
