-- The scheduler nodes that live, and those that were lost lately, by name.
SELECT node, host, pid, started_at, checked_in_at AS last_checkin_at, clock_skew_ms,
       checked_in_at < clock_timestamp() - interval '10 s' AS missing
  FROM millrace.scheduler_nodes
 WHERE checked_in_at > clock_timestamp() - interval '5 minutes'
 ORDER BY node
 LIMIT 100
