-- At most 400 rows: requested names that name no view: those that the leader has set aside, and of those that it has not
-- checked yet the 200 oldest.
SELECT u.view_name FROM millrace.mv_unknown_requests u
 WHERE millrace.known_view(u.view_name) IS NULL AND millrace.view_oid(u.view_name) IS NULL
UNION
SELECT s.view_name
  FROM (SELECT r.view_name FROM millrace.mv_requests r
         WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = r.view_name)
         GROUP BY r.view_name ORDER BY min(r.refresh_requested_at) LIMIT 200) s
 WHERE millrace.known_view(s.view_name) IS NULL AND millrace.view_oid(s.view_name) IS NULL
 ORDER BY 1
 LIMIT 400
