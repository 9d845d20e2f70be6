#!/bin/bash
# The tests of a name, of any module: what ./verify NAME… runs.
#
#   scripts/named-tests.sh SchedulerTruthIT          a class
#   scripts/named-tests.sh 'MemoryTruthIT#fault*'    some of its methods
#
# Packing the released jar takes longer than most tests. So a kernel test runs on the classes as they are
# compiled (ExplodedJar), unless it is tagged "packed-jar" because the jar itself is its subject.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh

test_files() {
	find . -path '*/src/test/java/*' \( -name '*Test.java' -o -name '*IT.java' \)
}

# near NAME: of the lines of its input those that contain it, have its letters in this order, or differ by few
# letters; the nearest first.
near() {
	awk -v name="$1" '
		function smallest(a, b, c) { return a < b ? (a < c ? a : c) : (b < c ? b : c) }
		function distance(a, b,    i, j, cost, d) {
			for (i = 0; i <= length(a); i++) d[i, 0] = i
			for (j = 0; j <= length(b); j++) d[0, j] = j
			for (i = 1; i <= length(a); i++)
				for (j = 1; j <= length(b); j++) {
					cost = substr(a, i, 1) != substr(b, j, 1)
					d[i, j] = smallest(d[i - 1, j] + 1, d[i, j - 1] + 1, d[i - 1, j - 1] + cost)
				}
			return d[length(a), length(b)]
		}
		function contains_in_order(all, letters,    i, at) {
			for (i = 1; i <= length(letters); i++) {
				at = index(all, substr(letters, i, 1))
				if (!at) return 0
				all = substr(all, at + 1)
			}
			return 1
		}
		BEGIN { name = tolower(name) }
		{
			low = tolower($0)
			away = index(low, name) ? 0 : contains_in_order(low, name) ? 1 : distance(name, low)
			if (away <= 2 + length(name) / 4) print away, length($0), $0
		}' | LC_ALL=C sort -n -k 1 -k 2 | cut -d ' ' -f 3 | uniq | head -5 | paste -sd ' '
}

# unknown WHAT NAME CANDIDATES_COMMAND…
unknown() {
	local what=$1 name=$2 found
	shift 2
	found=$("$@" | near "$name")
	if [ -n "$found" ]; then
		die "there is no $what $name; near it: $found"
	fi
	die "there is no $what $name, and nothing near it"
}

class_names() {
	test_files | sed 's|.*/||; s|\.java$||'
}

# The test methods of a file: what is private is a helper.
methods() {
	sed -nE 's/^ +(public )?(void|boolean) +([A-Za-z0-9_]+)\(.*/\3/p' "$1"
}

check_methods() {
	local file=$1 pattern patterns
	IFS=+ read -ra patterns <<<"$2"
	for pattern in "${patterns[@]}"; do
		methods "$file" | grep -qxE "$(sed 's/[*]/.*/g; s/?/./g' <<<"$pattern")" ||
			unknown "test in $(basename "$file" .java) named" "$pattern" methods "$file"
	done
}

units= packed= modules= # names with commas, as Maven takes them
kernel_only=yes
for name in "$@"; do
	case $name in -*) die "./verify takes names of tests: ./verify SchedulerTruthIT, ./verify 'CpuSetTest#parses*'" ;; esac
	class=${name%%#*}
	class=${class##*.}
	method=${name#"${name%%#*}"}
	files=$(test_files | grep "/$class\.java$" || true)
	[ -n "$files" ] || unknown test "$class" class_names
	for file in $files; do
		[ -z "$method" ] || check_methods "$file" "${method#\#}"
		module=${file#./}
		module=${module%%/src/*}
		case ",$modules," in *",$module,"*) ;; *) modules=${modules:+$modules,}$module ;; esac
		if ! grep -qE '^@KernelTest|LATENCYSCOPE_REQUIRE_KERNEL' "$file"; then
			kernel_only=no
		fi
		if grep -qE '@KernelTest|LATENCYSCOPE_REQUIRE_KERNEL' "$file"; then
			kernel=${kernel:+$kernel }$class
		fi
		if grep -q '^@Tag("packed-jar")' "$file"; then
			is_packed=yes
		else
			is_packed=no
		fi
	done
	if [ "$is_packed" = yes ]; then
		packed=${packed:+$packed,}$class$method
	else
		units=${units:+$units,}$class$method
	fi
done

if [ -n "${kernel:-}" ]; then
	if [ "$(id -u)" = 0 ]; then
		need_for_kernel_tests
	elif [ "$kernel_only" = yes ]; then
		die "not root: $kernel tests the running kernel and was left out; run: sudo ./verify $*"
	else
		say "not root: the kernel tests of $kernel are left out; all of them: sudo ./verify $*"
	fi
fi

JDK=$(find_jdk)
need_for_build
mkdir -p target
started=$(mktemp -p target started.XXXXXX)
trap 'rm -f "$started"' EXIT

# What is asked for is a result now: how the sources are formatted, ./verify says.
run() {
	maven -q "$@" -pl "$modules" -am -Dspotless.check.skip -Dsurefire.failIfNoSpecifiedTests=false ||
		die "failed; the reports: $(reports | sed 's/TEST-\(.*\)\.xml$/\1.txt/' | paste -sd ' ')"
}

reports() {
	find . -path '*/target/*-reports/*' -name 'TEST-*.xml' -newer "$started" 2>/dev/null
}

[ -z "$units" ] || run test -Dtest="$units" -Dlatencyscope.jar=exploded
[ -z "$packed" ] || run verify -Dtest=NoUnitTests -Dit.test="$packed" -Dfailsafe.failIfNoSpecifiedTests=false

# Surefire is content with no test at all.
for report in $(reports); do
	grep -m 1 '<testsuite ' "$report"
done | awk '
	function value(of) { return match($0, " " of "=\"[^\"]*\"") ? substr($0, RSTART + length(of) + 3, RLENGTH - length(of) - 4) : "" }
	{
		ran = value("tests") - value("skipped")
		print "latencyscope: " value("name") ": " ran " passed, " value("skipped") " left out, " value("time") " s"
		all += ran
	}
	END { exit !all }' >&2 || die "no test was run"
