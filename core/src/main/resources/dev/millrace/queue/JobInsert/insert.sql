-- One row, or none when an unfinished job of the kind holds the unique key. The kind's attempts are looked up only when none are given.
INSERT INTO millrace.jobs
  (kind, queue, state, priority, payload, run_at, max_attempts, lock_key, unique_key, parent_id, background_worker, trigger)
VALUES
  (?, ?, CASE WHEN ? > 0 THEN 'scheduled' ELSE 'queued' END, ?, ?::jsonb, clock_timestamp() + ? * interval '1 millisecond',
   coalesce(?::integer, (SELECT (k.defaults->>'max_attempts')::integer FROM millrace.kinds k WHERE k.kind = ?), 3),
   ?, ?, ?, ?, ?)
ON CONFLICT (unique_key, kind)
  WHERE unique_key IS NOT NULL AND unique_while = 'unfinished' AND state IN ('scheduled', 'queued', 'processing', 'waiting')
DO NOTHING
RETURNING id
