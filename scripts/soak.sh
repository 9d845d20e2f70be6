#!/bin/bash
# All modules on a busy engine, a dump every minute; a line of figures for each. As root, on a quiet machine.
#
#   scripts/soak.sh [MINUTES [PERCENT]]      60 minutes; the busiest threads work 25 % of the time
#
# Fails if anything was lost, grew, or if the clocks went apart: SoakIT says what is compared.
set -euo pipefail # grep passes on whatever Maven said
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
need bpftool util-linux
maven verify -pl agent -am -Dtest=none -Dit.test=SoakIT -Dsurefire.failIfNoSpecifiedTests=false \
	-Dfailsafe.failIfNoSpecifiedTests=false -Dsoak.rounds="${1:-60}" -Dsoak.round.seconds=60 \
	-Dsoak.percent="${2:-25}" | grep --line-buffered -E 'SoakIT|ERROR|BUILD'
