-- The groups by name, or the one of a name.
SELECT group_name, tolerate, extract(epoch FROM debounce) AS debounce_seconds, extract(epoch FROM max_wait) AS max_wait_seconds
  FROM millrace.stats_groups
 WHERE :group::text IS NULL OR group_name = :group
 ORDER BY group_name
