#!/bin/sh
# Checks the prose of Markdown files and of sentences in Java: lines of at most 120 columns, and words that readers
# stumble over. Tables and code blocks may be wider, since Markdown cannot break their lines.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."

git rev-parse --git-dir >/dev/null 2>&1 || {
	echo "prose: not checked, this is no Git working tree" >&2
	exit 0
}

too_long() {
	git ls-files '*.md' | while read -r file; do
		LC_ALL=C.UTF-8 perl -CSD -ne '
			$code = !$code, next if /^\s*(```|~~~)/;
			next if $code || /^\s*\|/ || /^\s*(-\s+)?!?\[[^\]]*\]\(\S+\)\W*$/;
			chomp;
			print "$ARGV:$.: ", length, " columns\n" if length > 120;
		' "$file"
	done
}

# The patterns of words.txt, each with what to write instead: in documents, and in texts of all modules but the tests.
words() {
	grep -v '^#' scripts/words.txt | while IFS='	' read -r pattern instead; do
		{
			git ls-files README.md CONTRIBUTING.md demo/README.md 'docs/*.md' |
				xargs -r grep -niE -e "$pattern" || true
			git ls-files '*/src/main/java/*.java' '*/src/build/java/*.java' | xargs -r grep -niE -e "\"[^\"]*($pattern)" || true
		} | sed "s/\$/   <- $instead/"
	done
}

found=$(too_long; words)
[ -z "$found" ] || {
	echo "$found"
	echo "prose: see above" >&2
	exit 1
}
