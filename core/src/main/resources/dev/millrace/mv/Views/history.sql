-- The newest refreshes of a view.
SELECT status, mode, coalesce(duration_ms, 0) AS duration_ms, row_count AS rows, refresh_completed_at, trigger, waited_ms, job_id,
       error_message AS error
  FROM public.mv_refresh_log
 WHERE view_name = :name AND refresh_completed_at IS NOT NULL
 ORDER BY refresh_completed_at DESC
 LIMIT :most
