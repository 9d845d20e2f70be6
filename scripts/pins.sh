#!/bin/bash
# What Maven may use: every artifact's SHA-256, in supply-chain/artifacts.sha256.
#
#   scripts/pins.sh update    writes the list anew, from a whole build in an empty repository
#   scripts/pins.sh add       adds what the list does not have yet, from the local repository
#
# Every build compares (maven in scripts/setup.sh). After `update` or `add`, git diff says what is new:
# that is to be looked at before it is committed.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build

# All that ./verify and the scripts make Maven fetch. No test is run but one: Surefire fetches its provider
# when there are tests.
see_all() {
	rm -f target/pins/seen
	maven "$@" -q -Dpins.write="$PWD/target/pins/seen" -Psbom verify -DskipTests -DskipITs
	maven "$@" -q -Dpins.write="$PWD/target/pins/seen" clean test -pl jfr-events -Dtest=ProfileTest
	maven "$@" -q -Dpins.write="$PWD/target/pins/seen" package -DskipTests -f recipes/pom.xml
	maven "$@" -q -Dpins.write="$PWD/target/pins/seen" package -DskipTests -Pspark -pl fleet-spark -am
}

case ${1:-} in
update)
	repository=$(mktemp -d)
	trap 'rm -rf "$repository"' EXIT
	see_all -Dmaven.repo.local="$repository"
	LC_ALL=C sort -u -k 2 target/pins/seen >"$PINS"
	;;
add)
	see_all
	# What is listed stands: only a new name is added.
	LC_ALL=C sort -u -k 2 target/pins/seen | awk 'NR == FNR { known[$2] = 1; next } !($2 in known)' \
		"$PINS" - >target/pins/new
	LC_ALL=C sort -k 2 "$PINS" target/pins/new >target/pins/list
	mv target/pins/list "$PINS"
	;;
*) die "scripts/pins.sh takes 'update' or 'add'" ;;
esac
say "$PINS has $(wc -l <"$PINS") artifacts; git diff says what changed"
