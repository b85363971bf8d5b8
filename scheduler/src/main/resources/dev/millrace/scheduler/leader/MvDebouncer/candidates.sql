-- The views that can be due: those that are asked for, and those whose age counts.
SELECT r.view_name FROM millrace.mv_requests r
UNION
SELECT v.view_name FROM millrace.mv_views v
 WHERE v.max_lag IS NOT NULL
   AND (NOT EXISTS (SELECT FROM millrace.mv_watches w WHERE w.view_name = v.view_name)
        OR EXISTS (SELECT FROM millrace.mv_watch_faults f WHERE f.view_name = v.view_name))
