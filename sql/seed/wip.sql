-- The work in process of a factory: two materialized views and the function that refreshes both, where these exist, and the background
-- worker that calls it, enabled where the function exists.
-- Returns what was added; a row that exists stays as it is.
WITH worker AS (
  INSERT INTO public.background_workers (worker_name, display_name, description, enabled, interval_seconds, cron, kind, payload)
  VALUES ('wip_views_refresh', 'WIP Views Refresh', 'Refreshes the WIP views: every two minutes from 6 to 22 h, every ten at night.',
          millrace.function_of('refresh_all_wip_views()') IS NOT NULL, NULL, '*/2 6-22 * * *; */10 23,0-5 * * *', 'mv.refresh',
          '{"views": ["refresh_all_wip_views()"]}')
      ON CONFLICT (worker_name) DO NOTHING
  RETURNING worker_name
)
SELECT 'background worker ' || worker_name FROM worker
UNION ALL
SELECT 'view ' || millrace.register_view(given, view_group => w.view_group, covers => w.covers)
  FROM (VALUES ('mv_wip_status_dashboard', NULL, NULL), ('mv_process_wip_queue', NULL, NULL),
               ('refresh_all_wip_views()', 'wip', '{mv_wip_status_dashboard,mv_process_wip_queue}'::text[])) w (given, view_group, covers)
 WHERE coalesce(millrace.view_of(given), millrace.function_of(given)) IS NOT NULL
   AND NOT EXISTS (SELECT FROM millrace.mv_views WHERE view_name = millrace.known_view(given) AND origin = 'registered')
