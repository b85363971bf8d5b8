-- The unfinished job of a kind that holds a unique key: one at most. Of one that runs and one that waits, the one that waits.
SELECT id, kind, queue, state, priority, attempt, max_attempts, fence, worker_id, lock_key, unique_key, parent_id,
       children_left, background_worker, trigger, cancel_requested_at, created_at, run_at, started_at, finished_at, error
  FROM millrace.jobs
 WHERE unique_key = :uniqueKey AND kind = :kind AND state IN ('scheduled', 'queued', 'processing', 'waiting')
 ORDER BY state IN ('scheduled', 'queued') DESC, id DESC
 LIMIT 1
