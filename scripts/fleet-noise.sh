#!/bin/bash
# How much captures of one engine differ from each other although nothing changed: the demo's engine is started anew for
# each, on this host with what else runs there. Prints for each measure the standard deviation of the logarithms of its
# P99 and of its rate. With a file, writes there how far each capture was from the mean, which is ChangeFinderTest's noise
# (fleet/src/test/resources/latencyscope/fleet/noise.csv).
#
# Arguments: number of captures (12), seconds of each (10), file to write (none). As root.
set -eu
cd "$(dirname "$(readlink -f "$0")")/.."
. scripts/setup.sh
JDK=$(find_jdk)
[ "$(id -u)" = 0 ] || die "must run as root"
build
build_fleet
captures=${1:-12}
seconds=${2:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
jar=$PWD/$JAR
latencyscope() {
	"$JDK/bin/java" -XX:+UseSerialGC -Dlatencyscope.fleet="$PWD/$FLEET_JAR" -jar "$jar" "$@"
}

for ((i = 1; i <= captures; i++)); do
	mkdir "$work/$i"
	(cd "$work/$i" && "$JDK/bin/java" -XX:+UseSerialGC -jar "$jar" demo --seconds "$seconds" >said 2>&1) ||
		die "capture $i failed: $(tail -3 "$work/$i/said")"
	latencyscope export "$work/$i/latencyscope-demo/recording.jfr" -o "$work/tables" --host demo >/dev/null
	say "capture $i of $captures"
done
of_capture="
WITH buckets AS (
  SELECT capture, module, measure, bucket_upper_ns, sum(count) AS n FROM measures
  GROUP BY capture, module, measure, bucket_upper_ns
), ranked AS (
  SELECT capture, module, measure, bucket_upper_ns,
    sum(n) OVER (PARTITION BY capture, module, measure ORDER BY bucket_upper_ns) AS up_to,
    sum(n) OVER (PARTITION BY capture, module, measure) AS binned
  FROM buckets
), of_capture AS (
  SELECT r.capture, r.module, r.measure, min(r.bucket_upper_ns) AS p99_ns,
    max(r.binned) * 1e9 / max(c.duration_ns) AS per_second,
    count(*) OVER (PARTITION BY r.module, r.measure) AS captures,
    min(max(r.binned)) OVER (PARTITION BY r.module, r.measure) AS fewest
  FROM ranked r JOIN captures c ON c.capture = r.capture
  WHERE r.up_to * 100 >= r.binned * 99 GROUP BY r.capture, r.module, r.measure
  QUALIFY captures = $captures AND fewest >= 100
)"
latencyscope query "$work/tables" "$of_capture
SELECT module, measure, round(median(per_second), 1) AS per_second,
  CAST(median(p99_ns) AS BIGINT) AS p99_ns, round(stddev_samp(ln(p99_ns)), 3) AS of_p99,
  round(stddev_samp(ln(per_second)), 3) AS of_rate
FROM of_capture GROUP BY module, measure ORDER BY module, measure"
if [ -n "${3:-}" ]; then
	latencyscope query "$work/tables" --format csv "$of_capture
SELECT dense_rank() OVER (ORDER BY capture) AS capture, module, measure,
  round(ln(p99_ns) - avg(ln(p99_ns)) OVER (PARTITION BY module, measure), 4) AS of_p99,
  round(ln(per_second) - avg(ln(per_second)) OVER (PARTITION BY module, measure), 4) AS of_rate
FROM of_capture ORDER BY capture, module, measure" | tr -d '\r' >"$3"
fi
