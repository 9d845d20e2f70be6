#!/bin/bash
# What the released jars are made of: writes agent/target/sbom.json and fleet/target/sbom.json (CycloneDX), and
# fails if THIRD-PARTY.md does not list every library in them, or lists one that is not.
#
#   scripts/sbom.sh [--built]      --built: of what "./verify" has just built
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
need_for_build
need jq
[ "${1:-}" = --built ] || maven -q package -Psbom -DskipTests -pl agent,fleet -am
packed=$(jq -r '.components[] | select(.group != "io.github.latencyscope") | "\(.group):\(.name):\(.version)"' \
	agent/target/sbom.json fleet/target/sbom.json | LC_ALL=C sort -u)
listed=$(sed -n 's/^| `\([^`]*\)` |.*/\1/p' THIRD-PARTY.md | LC_ALL=C sort)
if ! diff <(echo "$packed") <(echo "$listed") >&2; then
	die "THIRD-PARTY.md and what is packed differ (< packed, > listed); mend its table and add the licence"
fi
say "$(echo "$packed" | wc -l) libraries, all in THIRD-PARTY.md; the lists for tools are agent/target/sbom.json and fleet/target/sbom.json"
