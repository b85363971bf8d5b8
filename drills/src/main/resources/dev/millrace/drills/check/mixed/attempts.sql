-- Jobs whose plan was not followed, or whose attempts do not add up: each claim is an attempt, but for those handed back and snoozed.
SELECT 'job ' || j.id || ' made ' || count(h.seq) || ' attempts, its plan wants '
       || (j.payload ->> 'failures')::int + (j.payload ->> 'snoozes')::int + 1
  FROM millrace.jobs j
  JOIN drill.history h ON h.job_id = j.id AND h.state = 'processing'
 WHERE j.kind = 'drill.mixed' AND j.state = 'completed' AND jsonb_exists(j.payload, 'failures')
 GROUP BY j.id
HAVING count(h.seq) < (j.payload ->> 'failures')::int + (j.payload ->> 'snoozes')::int + 1
UNION ALL
SELECT 'job ' || j.id || ' was claimed ' || count(h.seq) || ' times, of which '
       || (SELECT count(*) FROM millrace.job_attempts a WHERE a.job_id = j.id AND a.outcome IN ('handed_back', 'snoozed'))
       || ' were not spent, and says attempt ' || j.attempt
  FROM millrace.jobs j
  JOIN drill.history h ON h.job_id = j.id AND h.state = 'processing'
 WHERE j.kind = 'drill.mixed'
 GROUP BY j.id
HAVING count(h.seq) - (SELECT count(*) FROM millrace.job_attempts a WHERE a.job_id = j.id AND a.outcome IN ('handed_back', 'snoozed'))
       <> j.attempt
