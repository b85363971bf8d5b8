-- One job, or none.
SELECT id, kind, queue, state, priority, attempt, max_attempts, fence, worker_id, lock_key, unique_key, parent_id,
       children_left, background_worker, trigger, cancel_requested_at, created_at, run_at, started_at, finished_at, error
  FROM millrace.jobs
 WHERE id = :id
