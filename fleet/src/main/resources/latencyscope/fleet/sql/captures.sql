-- Which captures are there, and are they complete?
SELECT host, day, capture, file, started_epoch_ns, duration_ns, exit_code, violations, warnings,
  not_measured, records_lost, kernel, target_jvm, tool_version
FROM captures
ORDER BY host, day, started_epoch_ns, capture
