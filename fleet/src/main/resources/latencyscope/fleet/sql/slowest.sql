-- Which operations were slowest in the fleet, and what took most of their time?
WITH parts AS (
  SELECT capture, stall, cause, culprit_group, part_ns,
    row_number() OVER (PARTITION BY capture, stall
      ORDER BY part_ns DESC, cause, coalesce(culprit_group, '')) AS place
  FROM ledger
)
SELECT s.host, s.day, s.capture, s.event, s.label, s.thread, s.started_epoch_ns, s.duration_ns,
  s.others, s.unexplained_ns, p.cause, p.culprit_group, p.part_ns
FROM stalls s
LEFT JOIN parts p ON p.capture = s.capture AND p.stall = s.stall AND p.place = 1
ORDER BY s.duration_ns DESC, s.capture, s.stall
LIMIT 50
