-- Of a view with more than 20 requests, leaves those that decide when it is refreshed: the first, the last, and the first that asks for it at
-- once. So a poll reads a few rows of each view, however often all are asked for. Locks at most 20,000 requests; those that another session
-- has locked, such as a refresh that is deleting them, are left out of the account. What is left is locked by this session too: a refresh
-- that deletes it does so after this has ended, and sees all that those who asked have changed. Answers with how many were deleted.
WITH free AS MATERIALIZED (
  SELECT r.ctid AS place, r.view_name, r.refresh_requested_at AS at, r.at_once
    FROM millrace.mv_requests r
   WHERE r.view_name = ANY (ARRAY(SELECT q.view_name FROM millrace.mv_requests q GROUP BY q.view_name HAVING pg_catalog.count(*) > 20))
   LIMIT 20000 FOR UPDATE SKIP LOCKED
), ranked AS (
  SELECT f.place, f.at_once, pg_catalog.row_number() OVER (PARTITION BY f.view_name ORDER BY f.at, f.place) AS from_first,
         pg_catalog.row_number() OVER (PARTITION BY f.view_name ORDER BY f.at DESC, f.place DESC) AS from_last,
         pg_catalog.row_number() OVER (PARTITION BY f.view_name, f.at_once ORDER BY f.at, f.place) AS from_first_alike
    FROM free f
), merged AS (
  DELETE FROM millrace.mv_requests r
   WHERE r.ctid = ANY (ARRAY(
           SELECT k.place FROM ranked k
            WHERE k.from_first > 1 AND k.from_last > 1 AND NOT (k.at_once AND k.from_first_alike = 1)))
  RETURNING 1
)
SELECT pg_catalog.count(*) FROM merged
