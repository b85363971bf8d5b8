-- The outcome of each function of a job so far, in the order of the group.
SELECT r.function_name, r.status, r.attempt, r.duration_ms, r.rows, r.error, r.cache_tags
  FROM millrace.stats_runs r
  LEFT JOIN millrace.stats_functions f ON f.group_name = r.group_name AND f.function_name = r.function_name
 WHERE r.job_id = :jobId
 ORDER BY f.place, r.function_name
