-- Shows in mv_refresh_queue the views that are asked for in other ways; their rows count as requests already.
WITH shown AS (
  INSERT INTO public.mv_refresh_queue (view_name, refresh_requested_at)
  SELECT r.view_name, min(r.refresh_requested_at)
    FROM millrace.mv_requests r
    JOIN millrace.mv_views v ON v.view_name = r.view_name
   WHERE NOT EXISTS (SELECT FROM public.mv_refresh_queue q WHERE q.view_name::text = r.view_name)
     AND NOT EXISTS (SELECT FROM millrace.mv_adopted a WHERE a.known = r.view_name)
   GROUP BY r.view_name
      ON CONFLICT DO NOTHING
  RETURNING view_name::text, concat(xmin, ' ', ctid) AS version
)
INSERT INTO millrace.mv_adopted (view_name, version, adopted_at, known) SELECT view_name, version, clock_timestamp(), view_name FROM shown
    ON CONFLICT (view_name) DO UPDATE SET version = excluded.version, adopted_at = excluded.adopted_at, known = excluded.known
