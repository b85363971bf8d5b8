-- Jobs that were claimed more often than they may be. Attempts handed back do not count.
SELECT 'job ' || j.id || ' was claimed ' || count(h.seq) || ' times, may be ' || j.max_attempts
  FROM millrace.jobs j
  JOIN drill.history h ON h.job_id = j.id AND h.state = 'processing'
 WHERE j.kind = 'drill.effect'
 GROUP BY j.id
HAVING count(h.seq) - (SELECT count(*) FROM millrace.job_attempts a WHERE a.job_id = j.id AND a.outcome IN ('handed_back', 'snoozed'))
       > j.max_attempts
 ORDER BY j.id
