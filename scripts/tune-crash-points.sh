#!/bin/bash
# Kills tune --apply at random moments; after tune --revert every value has to be what it was. As root.
#
#   scripts/tune-crash-points.sh [POINTS [SEED]]      20 moments, unless told otherwise
set -euo pipefail # grep passes on whatever Maven said
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
maven verify -pl agent -am -Dtest=none -Dit.test=TuneIT -Dsurefire.failIfNoSpecifiedTests=false \
	-Dfailsafe.failIfNoSpecifiedTests=false -Dtune.points="${1:-20}" ${2:+-Dtune.seed="$2"} |
	grep --line-buffered -E 'TuneIT|ERROR|BUILD'
