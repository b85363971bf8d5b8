-- Jobs that have become due, of those scheduled for a moment or later.
WITH due AS (
  SELECT id FROM millrace.jobs
   WHERE state = 'scheduled' AND run_at >= :from AND run_at <= clock_timestamp()
   ORDER BY run_at
   LIMIT :most
     FOR NO KEY UPDATE SKIP LOCKED)
UPDATE millrace.jobs j SET state = 'queued'
  FROM due
 WHERE j.id = due.id
RETURNING j.queue, j.kind, j.rank, j.lock_key, j.processes_lost > 0
