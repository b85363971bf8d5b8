-- Deletes the requests of a view under every spelling of its name; one row: how long the oldest waited, null without any.
WITH RECURSIVE spelling AS (
  (SELECT view_name FROM millrace.mv_requests ORDER BY view_name LIMIT 1)
  UNION ALL
  SELECT (SELECT r.view_name FROM millrace.mv_requests r WHERE r.view_name > s.view_name ORDER BY r.view_name LIMIT 1)
    FROM spelling s
   WHERE s.view_name IS NOT NULL
), taken AS (
  DELETE FROM millrace.mv_requests
   WHERE view_name = ANY (ARRAY(SELECT view_name FROM spelling WHERE millrace.view_oid(view_name) = :oid))
  RETURNING refresh_requested_at
)
SELECT greatest(0, extract(epoch FROM clock_timestamp() - min(refresh_requested_at)) * 1000)::bigint FROM taken
