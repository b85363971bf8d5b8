-- The views of a group, by name.
SELECT view_name FROM millrace.mv_views WHERE view_group = :name AND enabled ORDER BY view_name
