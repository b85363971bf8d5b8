-- Names that are asked for and that name no view.
SELECT s.view_name FROM (SELECT DISTINCT view_name FROM millrace.mv_requests) s
 WHERE millrace.known_view(s.view_name) IS NULL AND millrace.view_oid(s.view_name) IS NULL
 ORDER BY 1
