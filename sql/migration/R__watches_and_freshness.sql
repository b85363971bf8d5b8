-- How fresh each view is.

-- Every registered view: when it is due, and how fresh it is. due_at works backwards from the measured duration, so that the
-- target is met. A view whose tables are not watched is due by its age alone; so is one with a watch that does not see its table's changes
-- (watch_fault), and it is never FRESH.
CREATE OR REPLACE VIEW millrace.mv_freshness AS
SELECT known.view_name, known.mode, known.view_group, known.enabled, known.origin, known.relid, known.fresh_as_of, known.last_success_at,
       known.last_mode, known.rows, known.duration_ms, known.p95_ms, known.churn, known.bytes, known.plain_bytes, known.failures_in_row,
       known.last_failure_at, known.last_error, known.blockers, known.debounce, known.max_wait, known.min_gap, known.max_lag,
       known.lock_timeout, known.statement_timeout, known.lock_budget, known.covers, known.registered_at, known.watched, known.first_request,
       known.job_id, known.job_state, known.missing, known.age, known.lag, known.deadline, known.due_at,
       CASE
         WHEN failures_in_row > 0 AND blockers IS NOT NULL THEN 'BLOCKED'
         WHEN failures_in_row > 0 OR missing THEN 'FAILED'
         WHEN last_success_at IS NULL THEN 'NEVER'
         WHEN deadline < clock_timestamp() OR watch_fault IS NOT NULL THEN 'LATE'
         WHEN first_request IS NOT NULL OR due_at <= clock_timestamp() THEN 'DUE'
         ELSE 'FRESH'
       END AS status, known.watch_fault
  FROM (
    SELECT view_name, mode, view_group, enabled, origin, relid, fresh_as_of, last_success_at, last_mode, rows, duration_ms, p95_ms,
           churn, bytes, plain_bytes, failures_in_row, last_failure_at, last_error, blockers, debounce, max_wait, min_gap, max_lag,
           lock_timeout, statement_timeout, lock_budget, covers, registered_at, watched, first_request, job_id, job_state, missing,
           clock_timestamp() - fresh_as_of AS age, clock_timestamp() - first_request AS lag,
           CASE WHEN first_request IS NOT NULL THEN first_request + coalesce(max_lag, max_wait + min_gap + estimate)
                WHEN NOT watched THEN fresh_as_of + max_lag END AS deadline,
           CASE WHEN NOT enabled OR missing THEN NULL
                WHEN first_request IS NOT NULL THEN
                  greatest(least(last_request + debounce, first_request + max_wait, first_request + max_lag - estimate, at_once),
                           last_success_at + min_gap, try_again)
                WHEN max_lag IS NOT NULL AND NOT watched THEN
                  greatest(coalesce(fresh_as_of + max_lag - estimate, registered_at), last_success_at + min_gap, try_again)
           END AS due_at, watch_fault
      FROM (
        SELECT v.*, s.fresh_as_of, s.last_success_at, s.last_mode, s.rows, s.duration_ms, s.p95_ms, s.churn, s.bytes, s.plain_bytes,
               coalesce(s.failures_in_row, 0) AS failures_in_row, s.last_failure_at, s.last_error, s.blockers,
               q.first_request, q.last_request, q.at_once, w.view_name IS NOT NULL AND f.fault IS NULL AS watched, f.fault AS watch_fault,
               CASE WHEN v.mode = 'function' THEN p.oid IS NULL ELSE c.oid IS NULL END AS missing,
               -- What a refresh takes, with a margin, from its job's insert to its commit.
               interval '0.5 seconds' + coalesce(s.p95_ms, 0) * 1.2 * interval '1 millisecond' AS estimate,
               CASE WHEN s.failures_in_row > 0 THEN s.last_failure_at + least(
                 interval '5 minutes', interval '5 seconds' * power(2, least(s.failures_in_row, 8) - 1)) END AS try_again,
               j.id AS job_id, j.state AS job_state
          FROM millrace.mv_views v
          LEFT JOIN millrace.mv_state s ON s.view_name = v.view_name
          LEFT JOIN (
            SELECT view_name, min(refresh_requested_at) AS first_request, max(refresh_requested_at) AS last_request,
                   min(refresh_requested_at) FILTER (WHERE at_once) AS at_once
              FROM millrace.mv_requests GROUP BY view_name) q ON q.view_name = v.view_name
          LEFT JOIN (SELECT DISTINCT view_name FROM millrace.mv_watches) w ON w.view_name = v.view_name
          LEFT JOIN (
            SELECT f.view_name, string_agg(format('changes of %s are not seen: %s', o.source_name, f.fault), '; ' ORDER BY f.watch_id, f.fault) AS fault
              FROM millrace.mv_watch_faults f JOIN millrace.mv_watches o ON o.id = f.watch_id
             GROUP BY f.view_name) f ON f.view_name = v.view_name
          LEFT JOIN pg_catalog.pg_class c ON c.oid = v.relid AND c.relkind = 'm'
          LEFT JOIN pg_catalog.pg_proc p ON p.oid = v.funcid AND p.prokind = 'f' AND p.pronargs = 0
          LEFT JOIN millrace.jobs j
            ON j.unique_key = 'mv:' || v.view_name AND j.kind = 'mv.refresh' AND j.unique_while = 'unfinished'
           AND j.state IN ('scheduled', 'queued', 'processing', 'waiting')
      ) measured
  ) known;
