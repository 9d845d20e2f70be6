#!/bin/bash
# Fuzzes every reader and converter, or one of them, guided by coverage.
#
#   scripts/fuzz.sh [SECONDS [TARGET]]      60 seconds for each target; TARGET such as RecordingFuzz
#
# What is found is in fuzz/target/found: mended, it goes to fuzz/corpus/TARGET, where CorpusTest keeps it so.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
maven -q verify -pl fuzz -am -Dtest=none -Dit.test=FuzzIT -Dsurefire.failIfNoSpecifiedTests=false \
	-Dfailsafe.failIfNoSpecifiedTests=false -Dfuzz.seconds="${1:-60}" -Dfuzz.target="${2:-}"
