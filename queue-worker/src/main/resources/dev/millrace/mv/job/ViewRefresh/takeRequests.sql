-- Deletes the requests of a view, under every spelling of its name that is not another's registered one, and those of the views
-- that a function covers. Of unregistered names the 200 with the oldest requests are checked. Requests that another session has
-- locked count, but stay, and cause one more refresh. One row: their number, how long the oldest waited (null without any), the time,
-- and the rows that this session has written into the view and not yet reported, which it does between transactions only. The
-- difference of two reads in one transaction is what it wrote between them; 0 when statistics are off.
WITH target (name, oid) AS (
  VALUES (?::text, ?::bigint::oid)
), mine AS (
  SELECT name AS view_name FROM target
  UNION
  SELECT unnest(covers) FROM millrace.mv_views JOIN target ON view_name = name
  UNION
  SELECT s.view_name
    FROM (SELECT r.view_name FROM millrace.mv_requests r
           WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = r.view_name)
           GROUP BY r.view_name ORDER BY min(r.refresh_requested_at) LIMIT 200) s
   WHERE millrace.view_oid(s.view_name) = (SELECT oid FROM target)
), asked AS MATERIALIZED (
  SELECT r.refresh_requested_at FROM millrace.mv_requests r WHERE r.view_name = ANY (ARRAY(SELECT view_name FROM mine))
), free AS MATERIALIZED (
  SELECT r.ctid AS place FROM millrace.mv_requests r WHERE r.view_name = ANY (ARRAY(SELECT view_name FROM mine)) FOR UPDATE SKIP LOCKED
), taken AS (
  DELETE FROM millrace.mv_requests r
   WHERE r.ctid = ANY (ARRAY(SELECT place FROM free))
)
SELECT count(*) AS requests,
       greatest(0, extract(epoch FROM clock_timestamp() - min(refresh_requested_at)) * 1000)::bigint AS waited_ms,
       clock_timestamp() AS at, pg_stat_get_xact_tuples_inserted((SELECT oid FROM target)) AS inserted,
       pg_stat_get_xact_tuples_deleted((SELECT oid FROM target)) AS deleted
  FROM asked
