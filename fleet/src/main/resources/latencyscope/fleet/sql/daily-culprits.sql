-- Who took how much time from the application on each host and day?
SELECT host, day, module, kind, culprit_group,
  CAST(sum(total_ns) AS BIGINT) AS total_ns,
  CAST(sum(lost_ns) AS BIGINT) AS lost_ns,
  CAST(sum(count) AS BIGINT) AS occurrences
FROM findings
WHERE culprit_group IS NOT NULL
GROUP BY host, day, module, kind, culprit_group
ORDER BY host, day, module, kind, culprit_group
