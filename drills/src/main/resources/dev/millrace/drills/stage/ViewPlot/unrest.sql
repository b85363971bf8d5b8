-- One row: the views that are known to lack a change or are being refreshed, with their state; empty when there is none.
SELECT coalesce(string_agg(view_name || ' is ' || status || coalesce(' (job ' || job_state || ')', ''), ', '), '')
  FROM millrace.mv_freshness WHERE status NOT IN ('FRESH', 'NEVER') OR job_id IS NOT NULL
