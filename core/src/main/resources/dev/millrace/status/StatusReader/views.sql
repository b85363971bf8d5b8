-- The newest refresh of each view and its newest success, by name: index probes per view, however long the log is.
WITH RECURSIVE names AS (
  (SELECT view_name FROM public.mv_refresh_log ORDER BY view_name LIMIT 1)
  UNION ALL
  SELECT (SELECT l.view_name FROM public.mv_refresh_log l
           WHERE l.view_name > names.view_name ORDER BY l.view_name LIMIT 1)
    FROM names
   WHERE names.view_name IS NOT NULL
)
SELECT names.view_name, newest.status AS last_status, newest.refresh_completed_at AS last_refresh_at, newest.duration_ms,
       newest.rows, newest.error AS last_error, good.refresh_completed_at AS last_success_at
  FROM names
 CROSS JOIN LATERAL (
   SELECT * FROM public.mv_refresh_log l
    WHERE l.view_name = names.view_name ORDER BY refresh_completed_at DESC LIMIT 1) newest
  LEFT JOIN LATERAL (
   SELECT refresh_completed_at FROM public.mv_refresh_log l
    WHERE l.view_name = names.view_name AND l.status = 'success' ORDER BY refresh_completed_at DESC LIMIT 1) good ON true
 WHERE names.view_name IS NOT NULL
 ORDER BY names.view_name
