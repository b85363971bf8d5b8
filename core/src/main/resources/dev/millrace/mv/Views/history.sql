-- The newest refreshes of a view.
SELECT status, mode, duration_ms, rows, refresh_completed_at, trigger, waited_ms, job_id, error
  FROM public.mv_refresh_log
 WHERE view_name = :name
 ORDER BY refresh_completed_at DESC
 LIMIT :most
