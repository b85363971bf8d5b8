-- One row: the view of a name, or the registered function, with what the registry wants and what was measured.
-- None when there is neither.
WITH found AS (
  SELECT c.oid::bigint AS oid, format('%I.%I', n.nspname, c.relname) AS sql_name, c.relispopulated AS populated,
         EXISTS (
           SELECT FROM pg_index i
             JOIN pg_class ic ON ic.oid = i.indexrelid
             JOIN pg_am am ON am.oid = ic.relam
            WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
              AND i.indpred IS NULL AND i.indexprs IS NULL AND am.amname = 'btree') AS unique_index,
         coalesce(millrace.known_view(:name), :name) AS name, false AS is_function
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
   WHERE c.oid = millrace.view_oid(:name)
  UNION ALL
  SELECT p.oid::bigint, format('%I.%I()', n.nspname, p.proname), true, false, v.view_name, true
    FROM millrace.mv_views v
    JOIN pg_proc p ON p.oid = millrace.function_oid(v.view_name)
    JOIN pg_namespace n ON n.oid = p.pronamespace
   WHERE v.mode = 'function' AND v.view_name = millrace.known_view(:name)
)
SELECT f.oid, f.name, f.sql_name, f.populated, f.unique_index,
       CASE WHEN f.is_function THEN 'function' ELSE coalesce(v.mode, 'concurrently') END AS wanted_mode,
       (extract(epoch FROM coalesce(v.lock_timeout, interval '5 seconds')) * 1000)::bigint AS lock_timeout_ms,
       (extract(epoch FROM v.statement_timeout) * 1000)::bigint AS statement_timeout_ms,
       (extract(epoch FROM coalesce(v.lock_budget, interval '0')) * 1000)::bigint AS lock_budget_ms,
       s.plain_ms, s.concurrent_ms, s.churn, s.bytes::double precision / nullif(s.plain_bytes, 0) AS bloat
  FROM found f
  LEFT JOIN millrace.mv_views v ON v.view_name = f.name
  LEFT JOIN millrace.mv_state s ON s.view_name = f.name
