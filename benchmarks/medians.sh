# Sourced by the benchmarks: figures of several rounds, one on a line of a file each.

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2 }'
}

# spread FILE DECIMALS : median (lowest to highest)
spread() {
	sort -n "$1" | awk -v form="%.$2f (%.$2f to %.$2f)" -v m="$(median "$1")" '{ v[NR] = $1 } END {
		printf form, m, v[1], v[NR] }'
}

# interval FILE DECIMALS : median (95 % interval of it, by ranks: whatever the distribution)
interval() {
	sort -n "$1" | awk -v form="%.$2f (%.$2f to %.$2f)" -v m="$(median "$1")" '{ v[NR] = $1 } END {
		half = 0.98 * sqrt(NR)
		low = int(NR / 2 - half); high = int(NR / 2 + 1 + half + 0.999)
		if (low < 1) low = 1
		if (high > NR) high = NR
		printf form, m, v[low], v[high] }'
}
