#!/bin/bash
# How long an engine's threads wait for locks that LatencyScope's threads hold: on two busy CPUs, by bpftrace.
#
# The demo engine runs on two CPUs beside a busy loop on each. A recording begins after 5 s and goes on for 20. Counted are
# waits for native mutexes (futex waits of glibc's contended mutexes) of any thread of the engine that is not ours, which a
# thread of ours ended; and what the report's own-threads line says of them. Waits from second 10 of the recording on are
# those of the steady state. The JVM's compilers, which wait for the queue that our code not compiled yet is put into, are
# told apart from the engine's other threads.
#
# Arguments: rounds (3), jar (the built one), settings (latencyscope.jfc; default is the JDK's). Needs root, two CPUs, a
# built tree, bpftrace and a quiet machine. Takes 40 s a round.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
rounds=${1:-3}
jar=$(readlink -f "${2:-$JAR}")
settings=${3:-latencyscope.jfc}
export LC_ALL=C
[ "$(id -u)" = 0 ] || { echo "locks.sh: needs root" >&2; exit 3; }
work=$(mktemp -d)
loops=()
trap 'kill "${loops[@]}" 2>/dev/null || true; rm -rf "$work"' EXIT
"$JDK/bin/java" -jar "$jar" profiles "$work" >/dev/null
[ "$settings" = default ] || settings=$work/$settings
STEADY_S=10
LEAST_NS=10000 # the profile's threshold; the agent's budget may raise it

# Of futex(2): FUTEX_WAIT is 0 and FUTEX_PRIVATE_FLAG 128; a contended mutex of glibc has the value 2.
PROGRAM='
tracepoint:syscalls:sys_enter_futex /pid == PID && (args->op & 127) == 0 && args->val == 2/
{ @since[tid] = nsecs; delete(@by[tid]); }
tracepoint:sched:sched_waking /@since[args->pid]/ { @by[args->pid] = comm; }
tracepoint:syscalls:sys_exit_futex /@since[tid]/
{
	if (strncmp(@by[tid], "latencyscope", 12) == 0 && strncmp(comm, "latencyscope", 12) != 0) {
		printf("wait %lld %lld %s\n", nsecs, nsecs - @since[tid], comm);
	}
	delete(@since[tid]);
}
END { clear(@since); clear(@by); }'

for cpu in 0 1; do
	taskset -c $cpu sh -c 'while :; do :; done' &
	loops+=($!)
done
for round in $(seq "$rounds"); do
	taskset -c 0,1 "$JDK/bin/java" -Xlog:all=warning:stderr -javaagent:"$jar" -cp "$jar" demo.TradingEngine \
		--seconds=28 >"$work/out" 2>"$work/err" &
	engine=$!
	sleep 2
	bpftrace -e "${PROGRAM//PID/$engine}" >"$work/waits" 2>"$work/tracer" &
	tracer=$!
	sleep 3
	read -r begun _ </proc/uptime
	epoch=$(date +%s.%N)
	"$JDK/bin/jcmd" $engine JFR.start name=locks settings="$settings" filename="$work/r.jfr" >/dev/null
	sleep 20
	"$JDK/bin/jcmd" $engine JFR.stop name=locks filename="$work/r.jfr" >/dev/null
	kill -INT $tracer || cat "$work/tracer"
	wait $tracer || true
	wait $engine || true
	"$JDK/bin/java" -jar "$jar" report "$work/r.jfr" -f json >"$work/json" 2>/dev/null || true
	# The report has what its module can have: after it was attached, until it was read last, from the threshold on.
	read -r counted_from counted_until <<<"$(jq -r '.captured.syscall | "\(.from) \(.until)"' "$work/json")"
	awk -v from="$begun" -v steady=$STEADY_S -v at="$(date -d "$counted_from" +%s.%N)" \
		-v until="$(date -d "$counted_until" +%s.%N)" -v epoch="$epoch" -v least=$LEAST_NS '
		$1 == "wait" {
			n++; if ($3 > worst) { worst = $3; who = $4 }
			if ($2 / 1e9 > from + steady) { m++; if ($3 > late) late = $3 }
			if ($4 !~ /^C[12]$/) {
				others++; if ($3 > longest) { longest = $3; longer = $4 }
				if ($2 / 1e9 > from + steady) steadies++
			}
			time = $2 / 1e9 - from + epoch
			if (time < at) before++
			else if (time > until) after++
			else if ($3 < least) short++
			else { counted++; if ($3 > in_time) in_time = $3 }
		}
		END {
			printf "bpftrace: %d waits, worst %.3f ms%s; steady state: %d, worst %.3f ms\n",
				n, worst / 1e6, n ? " (" who ")" : "", m, late / 1e6
			printf "          of other threads than compilers: %d, worst %.3f ms%s; steady state: %d\n",
				others, longest / 1e6, others ? " (" longer ")" : "", steadies
			printf "          in the time of module syscall and long enough: %d, worst %.3f ms; " \
				"before it %d, after it %d, too short %d\n", counted, in_time / 1e6, before, after, short
		}' "$work/waits"
	jq -r '.capture | "report:   \(.own_lock_wait_count // "-") waits, worst \((.own_lock_wait_max_ns // 0) / 1e6) ms, " +
		"in all \((.own_lock_wait_ns // 0) / 1e6) ms; behind ours in the queue: \(.own_wait_count), " +
		"\(.own_wait_ns / 1e6) ms"' "$work/json"
	awk '/^ *p99 |^ *p99.9 /' "$work/out" | head -2
	[ -z "${KEEP:-}" ] || cp "$work/r.jfr" "$work/waits" "$KEEP"
done
