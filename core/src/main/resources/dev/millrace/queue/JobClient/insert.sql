-- One row, or none when an unfinished job holds the unique key.
INSERT INTO millrace.jobs
  (kind, queue, state, priority, payload, run_at, max_attempts, lock_key, unique_key, parent_id, background_worker, trigger)
VALUES
  (?, ?, CASE WHEN ? > 0 THEN 'scheduled' ELSE 'queued' END, ?, ?::jsonb, clock_timestamp() + ? * interval '1 millisecond',
   ?, ?, ?, ?, ?, ?)
ON CONFLICT (unique_key)
  WHERE unique_key IS NOT NULL AND unique_while = 'unfinished' AND state IN ('scheduled', 'queued', 'processing', 'waiting')
DO NOTHING
RETURNING id
