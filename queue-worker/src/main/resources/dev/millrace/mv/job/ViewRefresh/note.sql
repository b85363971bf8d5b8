-- The state of a view after a successful refresh; an unregistered view is registered as seen. One row: whether refreshing it
-- concurrently has left as many dead rows as living ones.
WITH done (name, oid, mode, millis, rows, changed, dead, fresh_as_of) AS MATERIALIZED (
  VALUES (?::text, ?::bigint::oid, ?::text, ?::bigint, ?::bigint, ?::bigint, ?::bigint, ?::timestamptz)
), registered AS (
  INSERT INTO millrace.mv_views (view_name, origin, relid) SELECT name, 'seen', oid FROM done ON CONFLICT DO NOTHING
), measured AS (
  SELECT CASE WHEN mode = 'plain' THEN millis::real END AS plain_ms,
         CASE WHEN mode = 'concurrently' THEN millis::real END AS concurrent_ms,
         changed::real / greatest(rows, 1) AS churn,
         CASE WHEN mode <> 'function' THEN pg_total_relation_size(oid) END AS bytes,
         (SELECT percentile_disc(0.95) WITHIN GROUP (ORDER BY l.duration_ms)
            FROM (SELECT duration_ms FROM public.mv_refresh_log
                   WHERE view_name = done.name AND status = 'success' ORDER BY refresh_completed_at DESC LIMIT 20) l) AS p95_ms
    FROM done
)
INSERT INTO millrace.mv_state AS s
  (view_name, fresh_as_of, last_success_at, last_mode, rows, changed_rows, duration_ms, p95_ms, plain_ms, concurrent_ms, churn, bytes,
   plain_bytes, dead_rows)
SELECT name, fresh_as_of, clock_timestamp(), mode, rows, changed, millis, p95_ms, plain_ms, concurrent_ms, churn,
       bytes, CASE WHEN mode = 'plain' THEN bytes END, dead
  FROM done, measured
    ON CONFLICT (view_name) DO UPDATE
   SET fresh_as_of = excluded.fresh_as_of, last_success_at = excluded.last_success_at, last_mode = excluded.last_mode,
       rows = excluded.rows, changed_rows = excluded.changed_rows, duration_ms = excluded.duration_ms, p95_ms = excluded.p95_ms,
       plain_ms = coalesce(s.plain_ms * 0.7 + excluded.plain_ms * 0.3, excluded.plain_ms, s.plain_ms),
       concurrent_ms = coalesce(s.concurrent_ms * 0.7 + excluded.concurrent_ms * 0.3, excluded.concurrent_ms, s.concurrent_ms),
       churn = coalesce(s.churn * 0.7 + excluded.churn * 0.3, excluded.churn, s.churn),
       bytes = excluded.bytes, plain_bytes = coalesce(excluded.plain_bytes, s.plain_bytes),
       dead_rows = CASE WHEN excluded.last_mode = 'concurrently' THEN s.dead_rows ELSE 0 END + excluded.dead_rows,
       failures_in_row = 0, last_error = NULL, blockers = NULL
RETURNING s.last_mode = 'concurrently' AND s.dead_rows >= greatest(s.rows, 1000) AS bloated
