-- The same for the jobs of a window of ids, found by the primary key: OFFSET 0 keeps the planner from reading all of jobs_processing.
SELECT id
  FROM (SELECT id, state, worker_id FROM millrace.jobs WHERE id >= ? AND id < ? OFFSET 0) w
 WHERE state = 'processing'
   AND NOT EXISTS (
     SELECT 1 FROM millrace.queue_workers q WHERE q.worker_id = w.worker_id AND q.lease_until > clock_timestamp())
 LIMIT ?
