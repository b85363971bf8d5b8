-- The suspect of some lanes of a queue, but for the given jobs, that has waited longest of those that could be claimed now; and for how
-- many milliseconds it has waited.
SELECT s.kind, s.rank, s.lock_key, (extract(epoch FROM clock_timestamp() - s.run_at) * 1000)::bigint AS waited
  FROM unnest(?::text[]) AS lane (kind)
 CROSS JOIN LATERAL (
   SELECT kind, rank, lock_key, run_at
     FROM millrace.jobs j
    WHERE j.queue = ? AND j.kind = lane.kind AND j.finished_at IS NULL AND j.processes_lost > 0
      AND CASE j.state WHEN 'queued' THEN j.id <> ALL (?) ELSE false END
      AND j.attempt < j.max_attempts AND (j.finish_by IS NULL OR j.finish_by > clock_timestamp())
      AND (j.lock_key IS NULL OR NOT EXISTS (
        SELECT 1 FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing'))
      AND (j.limit_key IS NULL OR j.limit_max > (
        SELECT count(*) FROM millrace.jobs held WHERE held.limit_key = j.limit_key AND held.state = 'processing'))
      AND NOT EXISTS (SELECT 1 FROM millrace.pauses p WHERE p.queue IN ('*', j.queue) AND p.kind IN ('*', j.kind))
    ORDER BY j.run_at
    LIMIT 1
      FOR NO KEY UPDATE SKIP LOCKED) s
 ORDER BY s.run_at
 LIMIT 1
