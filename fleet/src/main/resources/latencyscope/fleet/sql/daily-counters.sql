-- How much was each count of which more is worse, on each host and day?
WITH counted AS (
  SELECT host, day, module, CAST(sum(value) AS BIGINT) AS counted_ns
  FROM counters
  WHERE measure = 'captured_ns' AND kind IN ('module', 'thread')
  GROUP BY host, day, module
), sums AS (
  SELECT host, day, module, measure, CAST(sum(value) AS BIGINT) AS total
  FROM counters
  WHERE measure IN ('involuntary_switches', 'major_faults', 'minor_faults', 'shootdowns_received',
      'migrations_balance', 'migrations_forced', 'socket_drops', 'drops', 'budget_exhausted')
    OR module = 'lost' AND measure IN ('cpu_wait_ns', 'quota_ns', 'interrupts_ns', 'memory_ns',
      'safepoints_ns', 'blocked_ns')
  GROUP BY host, day, module, measure
)
SELECT s.host, s.day, s.module, s.measure, s.total, c.counted_ns AS captured_ns
FROM sums s
JOIN counted c ON c.host = s.host AND c.day = s.day AND c.module = s.module
ORDER BY s.host, s.module, s.measure, s.day
