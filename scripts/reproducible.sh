#!/bin/bash
# Proves that the build is reproducible: builds the committed tree twice, in folders of different depth, with
# another time zone, language and user mask, and compares every released file byte by byte.
#
# Prints the SHA-256 of each; exit code 1 if any differs. Takes two whole builds without tests.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
[ -z "$(git status --porcelain --untracked-files=no)" ] || say "what is not committed is not built"
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
first=$root/a
second=$root/another/folder/that/lies/deeper

build_in() {
	mkdir -p "$1"
	git archive HEAD | tar -x -C "$1"
	(cd "$1" && maven -q package -DskipTests -Pspark)
}

(umask 022 && TZ=UTC LC_ALL=C build_in "$first")
(umask 077 && TZ=Asia/Tokyo LC_ALL=C.UTF-8 build_in "$second")

# What is released. The modules' own jars go into it, and carry the modes of their files besides.
jars() {
	(cd "$1" && sha256sum agent/target/latencyscope.jar jmc-plugin/target/latencyscope-jmc.jar \
		fleet/target/latencyscope-fleet.jar fleet-spark/target/latencyscope-spark.jar packaging/target/*.deb)
}

if diff <(jars "$first") <(jars "$second") >&2; then
	jars "$first"
	say "reproducible: the same bytes twice"
else
	say "NOT reproducible: < first build, > second build"
	exit 1
fi
