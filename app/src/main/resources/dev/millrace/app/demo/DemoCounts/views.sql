-- The newest refresh of each view, by name.
SELECT DISTINCT ON (view_name) view_name, status, row_count AS rows, duration_ms
  FROM public.mv_refresh_log
 ORDER BY view_name, refresh_completed_at DESC, id DESC
