-- Jobs without what can be large, newest first: at most :most of the :look that are read, which are the first of an index.
SELECT id, kind, queue, state, priority, attempt, max_attempts, fence, worker_id, lock_key, unique_key, parent_id,
       children_left, background_worker, trigger, cancel_requested_at, created_at, run_at, started_at, finished_at,
       left(error, 500) AS error
  FROM (SELECT * FROM millrace.jobs WHERE <read> ORDER BY <order> LIMIT :look) looked
 WHERE <filter>
 ORDER BY id DESC
 LIMIT :most
