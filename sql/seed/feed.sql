-- The feed of a community: its materialized view, where it exists, and the background worker that refreshes it, enabled where it exists.
-- Returns what was added; a row that exists stays as it is.
WITH worker AS (
  INSERT INTO public.background_workers (worker_name, display_name, description, enabled, interval_seconds, kind, payload)
  VALUES ('feed_mv_refresh', 'Feed MV Refresh',
          'Refreshes the community feed by the clock; changes of its tables refresh it within seconds anyway.',
          millrace.view_of('mv_feed_projects') IS NOT NULL, 600, 'mv.refresh', '{"views": ["mv_feed_projects"]}')
      ON CONFLICT (worker_name) DO NOTHING
  RETURNING worker_name
)
SELECT 'background worker ' || worker_name FROM worker
UNION ALL
SELECT 'view ' || millrace.register_view(given, view_group => 'community')
  FROM (VALUES ('mv_feed_projects')) feed (given)
 WHERE millrace.view_of(given) IS NOT NULL
   AND NOT EXISTS (SELECT FROM millrace.mv_views WHERE view_name = millrace.known_view(given) AND origin = 'registered')
