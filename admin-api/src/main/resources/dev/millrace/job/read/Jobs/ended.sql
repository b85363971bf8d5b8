-- Those of the given jobs that have ended.
SELECT id, kind, queue, state, priority, attempt, max_attempts, fence, worker_id, lock_key, unique_key, parent_id,
       children_left, background_worker, trigger, cancel_requested_at, created_at, run_at, started_at, finished_at, error
  FROM millrace.jobs
 WHERE id = ANY (:ids) AND CASE WHEN finished_at IS NULL THEN false ELSE true END
