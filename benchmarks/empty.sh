# Sourced by the benchmarks: as many empty programs as a capture of ours has attached, at the same places.
# Needs bpftool, clang and jq.

# empty_twin OBJECT: builds it, of our programs that are in the kernel at this moment.
empty_twin() {
	{
		echo 'char LICENSE[] __attribute__((section("license"), used)) = "Dual MIT/GPL";'
		our_links | awk '
			$1 == "raw_tracepoint" { place("tp_btf/" $2, "ls_" $2 "__" NR) }
			# Which of the two events a program is for is known by its name alone.
			$1 == "perf_event" { place("perf_event", $3 "__" NR) }
			function place(section, name) {
				printf "__attribute__((section(\"%s\"), used)) int %s(void *c) { return 0; }\n", section, name
			}'
	} >"$1.c"
	clang -O2 -g -target bpf -c -o "$1" "$1.c"
}

# Kind of the link, tracepoint that it is attached to, name and number of the program: a line for each of
# ours, on however many CPUs.
our_links() {
	local programs
	programs=$(bpftool -j prog show)
	bpftool -j link show | jq -r --argjson programs "$programs" '
		($programs | map({key: (.id | tostring), value: (.name // "")}) | from_entries) as $name
		| .[] | select(($name[.prog_id | tostring] // "") | startswith("ls_"))
		| "\(.type) \(.tp_name // "-") \($name[.prog_id | tostring]) \(.prog_id)"' | sort -u
}

# start_empty OBJECT CPUS: attaches what empty_twin has built, until it is killed.
start_empty() {
	exec taskset -c "$2" "$JDK/bin/java" -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
		-cp benchmarks/target/benchmarks.jar latencyscope.benchmarks.EmptyPrograms "$1"
}
