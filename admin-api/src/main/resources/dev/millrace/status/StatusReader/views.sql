-- The registered views and those with a history, by name: how fresh each is, its newest refresh and its newest success.
-- Index probes per view, however long the log is.
WITH RECURSIVE logged AS (
  (SELECT view_name::text FROM public.mv_refresh_log ORDER BY view_name LIMIT 1)
  UNION ALL
  SELECT (SELECT l.view_name::text FROM public.mv_refresh_log l
           WHERE l.view_name > logged.view_name ORDER BY l.view_name LIMIT 1)
    FROM logged
   WHERE logged.view_name IS NOT NULL
), names AS (
  SELECT view_name FROM logged WHERE view_name IS NOT NULL
  UNION
  SELECT view_name FROM millrace.mv_views
)
SELECT names.view_name, f.status, CASE WHEN f.missing THEN 'there is no such view any more'
            WHEN f.status IN ('BLOCKED', 'FAILED') THEN f.last_error ELSE f.watch_fault END AS reason,
       f.first_request AS missing_since, f.deadline, f.due_at, f.job_id IS NOT NULL AS refreshing,
       newest.status AS last_status, newest.refresh_completed_at AS last_refresh_at, newest.duration_ms,
       newest.row_count AS rows, newest.error_message AS last_error,
       greatest(good.refresh_completed_at, f.last_success_at) AS last_success_at
  FROM names
  LEFT JOIN millrace.mv_freshness f ON f.view_name = names.view_name
  LEFT JOIN LATERAL (
   SELECT * FROM public.mv_refresh_log l
    WHERE l.view_name = names.view_name AND l.refresh_completed_at IS NOT NULL ORDER BY refresh_completed_at DESC LIMIT 1) newest ON true
  LEFT JOIN LATERAL (
   SELECT refresh_completed_at FROM public.mv_refresh_log l
    WHERE l.view_name = names.view_name AND l.status = 'success' AND l.refresh_completed_at IS NOT NULL
    ORDER BY refresh_completed_at DESC LIMIT 1) good ON true
 ORDER BY names.view_name
