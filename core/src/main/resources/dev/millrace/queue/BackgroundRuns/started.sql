-- The start of each of some claimed jobs that are runs of a background worker.
INSERT INTO millrace.run_events (background_worker, at)
SELECT j.background_worker, j.started_at
  FROM millrace.jobs j
 WHERE j.id = ANY (:ids) AND j.worker_id = :workerId AND j.state = 'processing'
   AND EXISTS (SELECT 1 FROM public.background_workers b WHERE b.worker_name = j.background_worker)
