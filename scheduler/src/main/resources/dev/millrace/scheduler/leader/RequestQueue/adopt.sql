-- Copies new rows of mv_refresh_queue, and rows that were written again, to the requests: at most 1,000 of registered views, and 200 under
-- other names, which have to be resolved. Reads them without a lock: a row of an open transaction holds up nothing else, and no writer
-- waits. What was committed before a row is older than its request, so that the refresh that serves the request contains it.
WITH written AS MATERIALIZED (
  SELECT q.view_name::text AS view_name, concat(q.xmin, ' ', q.ctid) AS version, q.refresh_requested_at, v.view_name AS known
    FROM public.mv_refresh_queue q
    LEFT JOIN millrace.mv_adopted a ON a.view_name = q.view_name::text
    LEFT JOIN millrace.mv_views v ON v.view_name = q.view_name::text
   WHERE q.status::text = 'pending' AND a.version IS DISTINCT FROM concat(q.xmin, ' ', q.ctid)
), taken AS MATERIALIZED (
  (SELECT * FROM written WHERE known IS NOT NULL ORDER BY refresh_requested_at LIMIT 1000)
  UNION ALL
  (SELECT * FROM written WHERE known IS NULL ORDER BY refresh_requested_at LIMIT 200)
), noted AS (
  INSERT INTO millrace.mv_adopted (view_name, version, adopted_at, known) SELECT view_name, version, clock_timestamp(), known FROM taken
      ON CONFLICT (view_name) DO UPDATE SET version = excluded.version, adopted_at = excluded.adopted_at
)
INSERT INTO millrace.mv_requests (view_name, refresh_requested_at)
SELECT left(view_name, 300), coalesce(refresh_requested_at, clock_timestamp()) FROM taken
