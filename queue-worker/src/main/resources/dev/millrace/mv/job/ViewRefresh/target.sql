-- One row: the view of a name, or the registered function, with its settings and measurements; none when there is neither. It also
-- takes, until the transaction ends, one of the slots for refreshes (null when all are taken), and then the lock that excludes other
-- refreshes of this view (false while one of them runs).
WITH asked AS MATERIALIZED (
  SELECT known.name, millrace.view_of(known.name) AS view
    FROM (SELECT ?::text) AS asked_for (given)
   CROSS JOIN LATERAL (SELECT coalesce(millrace.known_view(given), given) OFFSET 0) AS known (name)
), room AS MATERIALIZED (
  SELECT slot FROM generate_series(1, ?) AS slot WHERE pg_try_advisory_xact_lock(1836445699, slot) LIMIT 1
)
SELECT coalesce(f.oid, c.oid)::bigint AS oid, a.name,
       CASE WHEN f.oid IS NOT NULL THEN f.oid::regprocedure::text
            ELSE pg_catalog.format('%s.%I', c.relnamespace::regnamespace, c.relname) END AS sql_name,
       (SELECT p.proowner::regrole::text FROM pg_catalog.pg_proc p
         WHERE p.oid = f.oid AND NOT pg_catalog.pg_has_role(p.proowner, current_user, 'MEMBER')
           AND p.proowner::regrole::text <> pg_catalog.quote_ident(v.registered_by::text)) AS foreign_owner,
       f.oid IS NOT NULL OR c.relispopulated AS populated,
       EXISTS (
         SELECT FROM pg_index i
           JOIN pg_class ic ON ic.oid = i.indexrelid
          WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
            AND i.indpred IS NULL AND i.indexprs IS NULL AND ic.relam = 403 /* btree */) AS unique_index,
       CASE WHEN f.oid IS NOT NULL THEN 'function' ELSE coalesce(v.mode, 'concurrently') END AS wanted_mode,
       (extract(epoch FROM coalesce(v.lock_timeout, interval '5 seconds')) * 1000)::bigint AS lock_timeout_ms,
       (extract(epoch FROM v.statement_timeout) * 1000)::bigint AS statement_timeout_ms,
       (extract(epoch FROM coalesce(v.lock_budget, interval '0')) * 1000)::bigint AS lock_budget_ms,
       s.plain_ms::double precision, s.concurrent_ms::double precision, s.churn::double precision,
       s.bytes::double precision / nullif(s.plain_bytes, 0) AS bloat,
       (SELECT slot FROM room) AS slot,
       CASE WHEN (SELECT slot FROM room) IS NOT NULL
            THEN pg_try_advisory_xact_lock((1836445698::bigint << 32) | coalesce(f.oid, c.oid)::bigint) END AS alone
  FROM asked a
  LEFT JOIN millrace.mv_views v ON v.view_name = a.name
  LEFT JOIN millrace.mv_state s ON s.view_name = a.name
  LEFT JOIN pg_class c ON c.oid = a.view
 CROSS JOIN LATERAL (SELECT CASE WHEN v.mode = 'function' THEN millrace.function_of(v.view_name) END) f (oid)
 WHERE coalesce(f.oid, c.oid) IS NOT NULL
