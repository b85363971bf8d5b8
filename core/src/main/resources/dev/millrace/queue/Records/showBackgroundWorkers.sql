-- The rows of background workers whose jobs have finished: status, error and the counters of runs in a row.
UPDATE public.background_workers b
   SET last_finished_at = j.finished_at,
       last_status = CASE WHEN j.state = 'completed' THEN 'success' ELSE 'error' END,
       last_error_message = CASE WHEN j.state = 'completed' THEN NULL ELSE left(coalesce(j.error, j.state), 2000) END,
       runs_ok_in_row = CASE WHEN j.state = 'completed' THEN b.runs_ok_in_row + 1 ELSE 0 END,
       runs_error_in_row = CASE WHEN j.state = 'completed' THEN 0 ELSE b.runs_error_in_row + 1 END
  FROM (SELECT DISTINCT ON (background_worker) background_worker, finished_at, state, error
          FROM millrace.jobs
         WHERE id = ANY (:ids) AND background_worker IS NOT NULL AND finished_at IS NOT NULL
         ORDER BY background_worker, finished_at DESC) j
 WHERE b.worker_name = j.background_worker
