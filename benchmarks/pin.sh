# Sourced by the benchmarks.

# pin PID THREAD CPU : has the threads of that name run on that CPU only
pin() {
	local task
	for task in /proc/"$1"/task/*; do
		[ "$(cat "$task/comm" 2>/dev/null)" != "$2" ] || taskset -pc "$3" "${task##*/}" >/dev/null
	done
}
