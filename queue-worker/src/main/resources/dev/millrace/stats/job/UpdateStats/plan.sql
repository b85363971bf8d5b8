-- The enabled functions of a group that have not committed in this job, in order.
SELECT f.function_name, CASE WHEN p.oid IS NOT NULL THEN pg_catalog.format('%I.%I', n.nspname, p.proname) END AS sql_name,
       -- The function runs with our rights, so its owner must have them or have registered it.
       CASE WHEN NOT pg_catalog.pg_has_role(p.proowner, current_user, 'MEMBER') AND p.proowner::regrole::text <> pg_catalog.quote_ident(f.registered_by::text)
            THEN p.proowner::regrole::text END AS foreign_owner,
       coalesce(p.oid::bigint, 0) AS oid, f.cache_tags,
       (extract(epoch FROM f.time_limit) * 1000)::bigint AS time_limit_ms
  FROM millrace.stats_functions f
  LEFT JOIN (pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace) ON p.oid = millrace.function_now(f.function_name, f.registered_as, f.known_as, f.funcid)
 WHERE f.group_name = :group AND f.enabled
   AND NOT EXISTS (
     SELECT 1 FROM millrace.stats_runs r
      WHERE r.job_id = :jobId AND r.function_name = f.function_name AND r.status = 'completed')
 ORDER BY f.place, f.function_name
