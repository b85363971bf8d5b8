-- Names that are asked for and that name no view.
WITH RECURSIVE spelling AS (
  (SELECT view_name FROM millrace.mv_requests ORDER BY view_name LIMIT 1)
  UNION ALL
  SELECT (SELECT r.view_name FROM millrace.mv_requests r WHERE r.view_name > s.view_name ORDER BY r.view_name LIMIT 1)
    FROM spelling s
   WHERE s.view_name IS NOT NULL
)
SELECT s.view_name FROM spelling s
 WHERE s.view_name IS NOT NULL AND millrace.known_view(s.view_name) IS NULL AND millrace.view_oid(s.view_name) IS NULL
 ORDER BY 1
