-- How often did each measure occur on each host and day, and how long was it?
WITH buckets AS (
  SELECT host, day, module, measure, bucket_upper_ns, CAST(sum(count) AS BIGINT) AS n
  FROM measures
  GROUP BY host, day, module, measure, bucket_upper_ns
), ranked AS (
  SELECT host, day, module, measure, bucket_upper_ns,
    sum(n) OVER (PARTITION BY host, day, module, measure ORDER BY bucket_upper_ns) AS up_to,
    sum(n) OVER (PARTITION BY host, day, module, measure) AS binned
  FROM buckets
), p99 AS (
  SELECT host, day, module, measure,
    min(bucket_upper_ns) AS p99_ns, CAST(max(binned) AS BIGINT) AS binned
  FROM ranked
  WHERE up_to * 100 >= binned * 99
  GROUP BY host, day, module, measure
), totals AS (
  SELECT host, day, module, measure, CAST(sum(count) AS BIGINT) AS occurrences,
    CAST(sum(total_ns) AS BIGINT) AS total_ns, max(max_ns) AS max_ns
  FROM distributions
  GROUP BY host, day, module, measure
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
LEFT JOIN p99 p
  ON p.host = t.host AND p.day = t.day AND p.module = t.module AND p.measure = t.measure
ORDER BY t.host, t.module, t.measure, t.day
