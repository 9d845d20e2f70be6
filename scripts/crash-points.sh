#!/bin/bash
# Kills engine, command line and converters at random moments, and looks what is left. As root.
#
#   scripts/crash-points.sh [POINTS [SEED]]      200 moments of each, unless told otherwise
set -euo pipefail # grep passes on whatever Maven said
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
need bpftool
maven verify -pl agent -am -Dtest=none -Dit.test=CrashPointIT -Dsurefire.failIfNoSpecifiedTests=false \
	-Dfailsafe.failIfNoSpecifiedTests=false -Dcrash.points="${1:-200}" ${2:+-Dcrash.seed="$2"} |
	grep --line-buffered -E 'CrashPointIT|ERROR|BUILD'
