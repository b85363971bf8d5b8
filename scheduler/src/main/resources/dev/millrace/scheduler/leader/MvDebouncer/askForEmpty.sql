-- Asks for the views that cannot be read, as registering does: those made anew without data, and those that a restore has left so
-- because their refresh failed in it.
INSERT INTO millrace.mv_requests (view_name, at_once)
SELECT v.view_name, true
  FROM millrace.mv_views v
  JOIN pg_class c ON c.oid = v.relid AND c.relkind = 'm' AND NOT c.relispopulated
 WHERE v.enabled AND NOT EXISTS (SELECT FROM millrace.mv_requests r WHERE r.view_name = v.view_name)
