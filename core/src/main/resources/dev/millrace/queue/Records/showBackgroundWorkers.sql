-- The rows of background workers whose jobs have finished: status, error and the counters of runs in a row. Answers with the runs.
WITH ended AS (
  SELECT background_worker, id, attempt, fence, state = 'completed' AS ok, coalesce(error, state) AS error, started_at, finished_at
    FROM millrace.jobs
   WHERE id = ANY (:ids) AND background_worker IS NOT NULL AND finished_at IS NOT NULL
), newest AS (
  SELECT DISTINCT ON (background_worker) *, count(*) OVER (PARTITION BY background_worker, ok) AS runs
    FROM ended
   ORDER BY background_worker, finished_at DESC
), shown AS (
  UPDATE public.background_workers b
     SET last_finished_at = j.finished_at,
         last_status = CASE WHEN j.ok THEN 'success' ELSE 'error' END,
         last_error_message = CASE WHEN j.ok THEN NULL ELSE left(j.error, 2000) END,
         runs_ok_in_row = CASE WHEN j.ok THEN b.runs_ok_in_row + j.runs ELSE 0 END,
         runs_error_in_row = CASE WHEN j.ok THEN 0 ELSE b.runs_error_in_row + j.runs END
    FROM newest j
   WHERE b.worker_name = j.background_worker
)
SELECT background_worker, id, attempt, fence, ok, left(error, 2000) AS error,
       (extract(epoch FROM finished_at - coalesce(started_at, finished_at)) * 1000)::bigint AS duration_ms
  FROM ended
 ORDER BY finished_at
