-- One row at most: the refresh of a view that an earlier attempt of this job has committed.
SELECT view_name AS view, row_count AS rows, duration_ms, mode
  FROM public.mv_refresh_log
 WHERE view_name = :view AND status = 'success' AND job_id = :jobId
 ORDER BY refresh_completed_at DESC
 LIMIT 1
