-- The functions of a group in their order, each with its newest run if one is kept.
SELECT f.function_name, f.cache_tags, extract(epoch FROM f.time_limit) AS time_limit_seconds, f.enabled,
       millrace.function_now(f.function_name, f.registered_as, f.known_as, f.funcid) IS NOT NULL AS present,
       r.job_id::text AS job_id, r.status, r.finished_at, r.duration_ms, r.rows, r.error
  FROM millrace.stats_functions f
  LEFT JOIN LATERAL (
    SELECT * FROM millrace.stats_runs r
     WHERE r.group_name = f.group_name AND r.function_name = f.function_name
     ORDER BY r.finished_at DESC LIMIT 1) r ON true
 WHERE f.group_name = :group
 ORDER BY f.place, f.function_name
