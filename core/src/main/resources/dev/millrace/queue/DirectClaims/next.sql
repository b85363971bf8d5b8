-- The jobs that rank first over some stretches of lanes of a queue, straight from Postgres; rows that others are claiming are skipped.
-- Of the jobs with a lock key, none whose key is held; of those under a limit, none that finds no slot; none of a paused lane; no suspect,
-- and none whose key is kept for one.
SELECT lane.kind, c.rank, c.lock_key
  FROM unnest(?::text[], ?::bigint[], ?::bigint[]) AS lane (kind, low, high)
 CROSS JOIN LATERAL (
   SELECT rank, lock_key
     FROM millrace.jobs j
    WHERE j.queue = ? AND j.kind = lane.kind AND j.state = 'queued' AND j.processes_lost = 0
      AND j.rank >= lane.low AND j.rank < lane.high
      AND (j.lock_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing'))
      AND (j.lock_key IS NULL OR j.lock_key NOT IN (
        SELECT s.lock_key FROM millrace.jobs s
         WHERE s.finished_at IS NULL AND s.processes_lost > 0
           AND CASE s.state WHEN 'queued' THEN s.lock_key IS NOT NULL AND millrace.suspect_keeps_keys(s.run_at) ELSE false END))
      AND (j.limit_key IS NULL OR j.limit_max > (
        SELECT count(*) FROM millrace.jobs held WHERE held.limit_key = j.limit_key AND held.state = 'processing'))
      AND (j.limit_key IS NULL OR j.limit_key NOT IN (
        SELECT s.limit_key FROM millrace.jobs s
         WHERE s.finished_at IS NULL AND s.processes_lost > 0
           AND CASE s.state WHEN 'queued' THEN s.limit_key IS NOT NULL AND millrace.suspect_keeps_keys(s.run_at) ELSE false END))
      AND NOT EXISTS (SELECT 1 FROM millrace.pauses p WHERE p.queue IN ('*', j.queue) AND p.kind IN ('*', j.kind))
    ORDER BY j.rank
    LIMIT ?
      FOR NO KEY UPDATE SKIP LOCKED) c
 ORDER BY c.rank
 LIMIT ?
