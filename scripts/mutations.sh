#!/bin/bash
# Damages a real recording at random, as often as asked, and has every command read it: a report or
# one sentence, in time, in little memory, never half a file.
#
#   scripts/mutations.sh [COUNT [SEED]]      10,000 from seed 1
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
maven -q test -pl converters/cli -am -Dtest=MutatedRecordingsTest -Dsurefire.failIfNoSpecifiedTests=false \
	-Dmutations="${1:-10000}" -Dmutations.first="${2:-1}"
