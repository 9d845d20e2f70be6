-- How often did each measure occur on each host and day, and how long was it?
WITH totals AS (
  -- A number for each series: to group millions of buckets by four names takes six times as long.
  SELECT host, day, module, measure,
    row_number() OVER (ORDER BY host, module, measure, day) AS series,
    CAST(sum(count) AS BIGINT) AS occurrences,
    CAST(sum(total_ns) AS BIGINT) AS total_ns, max(max_ns) AS max_ns
  FROM distributions
  GROUP BY host, day, module, measure
), octaves AS (
  -- P99 is looked for twice: among powers of two, and then in the one that holds it.
  SELECT t.series, CAST(floor(log2(m.bucket_upper_ns + 1)) AS BIGINT) AS octave,
    CAST(sum(m.count) AS BIGINT) AS n
  FROM measures m
  JOIN totals t
    ON t.host = m.host AND t.day = m.day AND t.module = m.module AND t.measure = m.measure
  GROUP BY t.series, CAST(floor(log2(m.bucket_upper_ns + 1)) AS BIGINT)
), ranked_octaves AS (
  SELECT series, octave, n,
    sum(n) OVER (PARTITION BY series ORDER BY octave) AS up_to,
    sum(n) OVER (PARTITION BY series) AS binned
  FROM octaves
), last_octave AS (
  SELECT series, min(octave) AS octave, min(up_to - n) AS below, max(binned) AS binned
  FROM ranked_octaves
  WHERE up_to * 100 >= binned * 99
  GROUP BY series
), tails AS (
  -- Once for each series: a join of three tables is begun by what looks smallest, and may explode.
  SELECT t.series, max(t.host) AS host, max(t.day) AS day, max(t.module) AS module,
    max(t.measure) AS measure, max(l.octave) AS octave, max(l.below) AS below,
    max(l.binned) AS binned
  FROM totals t
  JOIN last_octave l ON l.series = t.series
  GROUP BY t.series
), buckets AS (
  SELECT t.series, m.bucket_upper_ns, max(t.below) AS below, max(t.binned) AS binned,
    CAST(sum(m.count) AS BIGINT) AS n
  FROM measures m
  JOIN tails t
    ON t.host = m.host AND t.day = m.day AND t.module = m.module AND t.measure = m.measure
      AND t.octave = CAST(floor(log2(m.bucket_upper_ns + 1)) AS BIGINT)
  GROUP BY t.series, m.bucket_upper_ns
), ranked AS (
  SELECT series, bucket_upper_ns, binned,
    below + sum(n) OVER (PARTITION BY series ORDER BY bucket_upper_ns) AS up_to
  FROM buckets
), p99 AS (
  SELECT series, min(bucket_upper_ns) AS p99_ns, CAST(max(binned) AS BIGINT) AS binned
  FROM ranked
  WHERE up_to * 100 >= binned * 99
  GROUP BY series
), counted AS (
  SELECT host, day, module, CAST(sum(value) AS BIGINT) AS counted_ns
  FROM counters
  WHERE measure = 'captured_ns' AND kind = 'module'
  GROUP BY host, day, module
), watched AS (
  SELECT host, day, CAST(sum(duration_ns) AS BIGINT) AS watched_ns
  FROM captures
  GROUP BY host, day
)
SELECT t.host, t.day, t.module, t.measure, t.occurrences, t.total_ns, t.max_ns,
  coalesce(p.binned, 0) AS binned,
  CASE WHEN p.p99_ns > t.max_ns THEN t.max_ns ELSE p.p99_ns END AS p99_ns,
  coalesce(c.counted_ns, w.watched_ns) AS captured_ns
FROM totals t
JOIN watched w ON w.host = t.host AND w.day = t.day
LEFT JOIN counted c ON c.host = t.host AND c.day = t.day AND c.module = t.module
LEFT JOIN p99 p ON p.series = t.series
ORDER BY t.host, t.module, t.measure, t.day
