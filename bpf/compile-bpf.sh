#!/bin/sh
# Compiles every *.bpf.c of a folder and writes an index of the objects beside them.
#
#   compile-bpf.sh SOURCES OUTPUT      (both relative to this script's folder)
#
# The index has one line per object, "name size sha-256": what the Java side checks before it loads
# one. The objects are reproducible: same compiler and sources, same bytes, wherever the tree lies.
set -eu
export LC_ALL=C # one order of names everywhere
cd "$(dirname "$0")"
sources=$1
output=$2

first_of() {
	for tool in "$@"; do
		command -v "$tool" && return
	done
	return 1
}

check_format() {
	# Releases of clang-format disagree with each other: only the one the tree was formatted with
	# can say whether a file is formatted.
	formatter=$(first_of clang-format-14 clang-format) || return 0
	case $("$formatter" --version) in
	*version\ 14.*) find "$sources" -name '*.[ch]' -exec "$formatter" --dry-run -Werror {} + ;;
	esac
}

compile() {
	# -idirafter: Debian keeps asm/types.h in a folder named after the architecture.
	# The two path options keep this folder's place out of the line information in .BTF.ext.
	"$clang" -g -O2 -Wall -Werror -target bpf -mcpu=v3 -D__TARGET_ARCH_"$arch" \
		-I "$sources" -I src/main/bpf -idirafter "/usr/include/$(uname -m)-linux-gnu" \
		-ffile-prefix-map="$PWD"=. -fdebug-compilation-dir=. \
		-c "$1" -o "$2"
	# DWARF goes, BTF stays: it is what libbpf and the Java side read.
	"$strip" -g "$2"
}

clang=$(first_of clang clang-14 clang-15 clang-16 clang-17 clang-18 clang-19) || {
	echo "The BPF programs need clang to be compiled: apt-get install clang llvm libbpf-dev" >&2
	exit 1
}
strip=$(first_of llvm-strip llvm-strip-14 llvm-strip-15 llvm-strip-16 llvm-strip-17 llvm-strip-18 \
	llvm-strip-19) || strip=:
[ -e /usr/include/bpf/bpf_helpers.h ] || {
	echo "The BPF programs need libbpf's headers to be compiled: apt-get install libbpf-dev" >&2
	exit 1
}
case $(uname -m) in
x86_64) arch=x86 ;;
aarch64) arch=arm64 ;;
*)
	echo "The BPF programs are written for x86_64 and aarch64, not for $(uname -m)." >&2
	exit 1
	;;
esac

mkdir -p "$output"
rm -f "$output"/*.bpf.o
: >"$output/index.new"
[ -d "$sources" ] && check_format
for source in "$sources"/*.bpf.c; do
	[ -e "$source" ] || continue # an unmatched pattern stands for itself
	name=$(basename "$source" .bpf.c)
	object=$output/$name.bpf.o
	compile "$source" "$object"
	sum=$(sha256sum "$object")
	echo "$name $(wc -c <"$object") ${sum%% *}" >>"$output/index.new"
done
mv "$output/index.new" "$output/index"
