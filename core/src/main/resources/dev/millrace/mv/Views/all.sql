-- Registered views with their freshness and the reason for it: all of them by name, or one.
SELECT f.view_name, f.mode, f.view_group, f.enabled, f.status,
       CASE f.status
         WHEN 'BLOCKED' THEN f.last_error
         WHEN 'FAILED' THEN CASE WHEN f.missing THEN format('there is no such %s any more', CASE f.mode WHEN 'function' THEN 'function' ELSE 'view' END) ELSE f.last_error END
         WHEN 'FRESH' THEN NULL
         ELSE
           coalesce(f.watch_fault || '; ', '') ||
           CASE
             WHEN f.first_request IS NOT NULL THEN pg_catalog.format('a change has been missing for %s s', round(extract(epoch FROM f.lag)::numeric, 1))
             WHEN f.fresh_as_of IS NULL THEN 'never refreshed here'
             ELSE pg_catalog.format('the view is %s s old', round(extract(epoch FROM f.age)::numeric, 1))
           END ||
           CASE
             WHEN NOT f.enabled THEN '; its refresh is disabled'
             WHEN f.job_state = 'processing' THEN pg_catalog.format('; job %s refreshes it', f.job_id)
             WHEN f.job_id IS NOT NULL THEN pg_catalog.format('; job %s waits for a queue worker', f.job_id)
             WHEN up.names IS NOT NULL THEN pg_catalog.format('; waits for %s', up.names)
             WHEN f.due_at > clock_timestamp() THEN pg_catalog.format('; due in %s s', round(extract(epoch FROM f.due_at - clock_timestamp())::numeric, 1))
             WHEN f.due_at > clock_timestamp() - interval '5 seconds' THEN '; due now'
             WHEN f.due_at IS NOT NULL THEN '; due, and no scheduler has taken it up'
             ELSE '' END
       END AS reason,
       f.fresh_as_of, extract(epoch FROM f.age) AS age_seconds, extract(epoch FROM f.lag) AS lag_seconds, f.deadline, f.due_at,
       f.job_id IS NOT NULL AS refreshing, f.job_id, f.last_success_at, f.last_mode, f.rows, f.bytes,
       f.bytes::double precision / nullif(f.plain_bytes, 0) AS bloat, f.duration_ms, f.p95_ms, f.churn,
       extract(epoch FROM f.max_lag) AS max_lag_seconds, f.failures_in_row, f.last_error, f.blockers::text AS blockers
  FROM millrace.mv_freshness f
  LEFT JOIN LATERAL (
    SELECT string_agg(e.upstream, ', ' ORDER BY e.upstream) AS names
      FROM millrace.mv_edges e
      JOIN millrace.mv_freshness u ON u.view_name = e.upstream
     WHERE e.downstream = f.view_name AND (u.job_id IS NOT NULL OR u.due_at <= clock_timestamp())
       AND f.status IN ('DUE', 'LATE', 'NEVER')) up ON true
 WHERE :name::text IS NULL OR f.view_name = :name
 ORDER BY f.view_name
