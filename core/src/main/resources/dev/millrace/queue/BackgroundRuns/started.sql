-- The start of each of some claimed jobs that are runs of a background worker. OFFSET 0, so that the planner sees only the primary key.
INSERT INTO millrace.run_events (background_worker, at)
SELECT j.background_worker, j.started_at
  FROM (SELECT background_worker, started_at, state, worker_id FROM millrace.jobs WHERE id = ANY (:ids) OFFSET 0) j
 WHERE j.worker_id = :workerId AND j.state = 'processing'
   AND EXISTS (SELECT 1 FROM public.background_workers b WHERE b.worker_name = j.background_worker)
