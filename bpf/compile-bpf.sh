#!/bin/sh
# Compiles every *.bpf.c of a folder and writes an index of the objects beside them.
#
#   compile-bpf.sh SOURCES OUTPUT      (both relative to this script's folder)
#
# The index has one line per object, "name size sha-256": what the Java side checks before it loads
# one. The objects are reproducible: same compiler and sources, same bytes, wherever the tree lies.
# So one is compiled only if what it is made of has changed since the last time, by content: the source, every
# header that it includes, this script and the compiler. A sum of these lies beside it.
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
		-MD -MF "$3" -c "$1" -o "$2"
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

# The sums of an object and of all that it is made of. Fails if a file is gone.
sums() {
	sha256sum "$output/$1.bpf.o" && sed -e 's/^[^:]*://' -e 's/\\$//' "$made/$1.d" | xargs sha256sum && echo "$tools"
}

is_current() {
	[ -e "$made/$1.d" ] && sums "$1" 2>/dev/null | cmp -s - "$made/$1.sum"
}

names() {
	for source in "$sources"/*.bpf.c; do
		[ -e "$source" ] || continue # an unmatched pattern stands for itself
		basename "$source" .bpf.c
	done
}

made=target/made-of/$output # not in the folder that is packed
tools=$("$clang" --version | head -1; "$strip" --version 2>/dev/null | head -2; uname -m; sha256sum <compile-bpf.sh)
mkdir -p "$output" "$made"
for object in "$output"/*.bpf.o; do
	[ -e "$sources/$(basename "$object" .bpf.o).bpf.c" ] || rm -f "$object"
done
changed=
for name in $(names); do
	is_current "$name" || changed="$changed $name"
done
[ -z "$changed" ] || check_format
for name in $changed; do
	rm -f "$made/$name.sum"
	compile "$sources/$name.bpf.c" "$output/$name.bpf.o" "$made/$name.d"
	sums "$name" >"$made/$name.sum"
done
for name in $(names); do
	object=$output/$name.bpf.o
	sum=$(sha256sum "$object")
	echo "$name $(wc -c <"$object") ${sum%% *}"
done >"$output/index.new"
# What has not changed keeps its time: the class path is then as it was.
cmp -s "$output/index.new" "$output/index" || cp "$output/index.new" "$output/index"
rm "$output/index.new"
