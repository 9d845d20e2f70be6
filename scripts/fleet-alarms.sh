#!/bin/bash
# 20 generated fleets of 50 hosts and 10 days: each page has to rank the three injected regressions first, and nothing
# else. `./verify` does one of them. The first is exported and read by SQL, which has to give the numbers that were
# generated; the others are compared by these numbers.
#
# Then as many fleets with the noise of real captures (`scripts/fleet-noise.sh`): how often each cause is found, and how
# many false alarms there are, also of settings that change nothing (2,000 fleets for each number of hosts).
#
# Arguments: number of fleets (20), first seed (1). Takes 100 s of CPU for the first, 2 s for each other one, 2 minutes
# for the fleets with real noise.
set -euo pipefail
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
maven -q test -pl fleet -am -Dtest=FleetReportTest -Dsurefire.failIfNoSpecifiedTests=false \
	-Dfleet.seeds="${1:-20}" -Dfleet.seed="${2:-1}" -Dfleet.page="$PWD/fleet/target/fleet.html" | grep "^fleet "
maven -q test -pl fleet -am -Dtest=MeasuredFleetsTest,SettingChangesTest -Dsurefire.failIfNoSpecifiedTests=false \
	-Dfleet.measured="${1:-20}" -Dfleet.settings=2000 | grep "^measured "
say "${1:-20} fleets, and no false alarm; the last one's page is fleet/target/fleet.html"
