-- Which culprits cost the fleet most, on how many hosts, and what helps?
WITH worst AS (
  SELECT module, kind, culprit_group, host, remedy, lost_ns, total_ns, capture, title,
    row_number() OVER (PARTITION BY module, kind, culprit_group
      ORDER BY lost_ns DESC, coalesce(total_ns, 0) DESC, capture, title) AS place
  FROM findings
  WHERE culprit_group IS NOT NULL AND severity <> 'PASS'
), sums AS (
  SELECT module, kind, culprit_group,
    CAST(sum(lost_ns) AS BIGINT) AS lost_ns,
    CAST(sum(coalesce(total_ns, 0)) AS BIGINT) AS total_ns,
    count(DISTINCT host) AS hosts, count(DISTINCT capture) AS captures
  FROM worst
  GROUP BY module, kind, culprit_group
)
SELECT s.module, s.kind, s.culprit_group, s.lost_ns, s.total_ns, s.hosts, s.captures,
  w.title AS worst_title, w.host AS worst_host, w.remedy AS worst_remedy
FROM sums s
JOIN worst w
  ON w.module = s.module AND w.kind = s.kind AND w.culprit_group = s.culprit_group AND w.place = 1
ORDER BY s.lost_ns DESC, s.total_ns DESC, s.module, s.kind, s.culprit_group
LIMIT 20
