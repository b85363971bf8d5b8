-- One row: the views that are known to lack a change or are being refreshed, with their state, and those whose bells the leader has not
-- heard; empty when there is none.
SELECT coalesce(string_agg(said, ', '), '')
  FROM (SELECT view_name || ' is ' || status || coalesce(' (job ' || job_state || ')', '') AS said
          FROM millrace.mv_freshness WHERE status NOT IN ('FRESH', 'NEVER') OR job_id IS NOT NULL
         UNION ALL
        SELECT view_name || ' has been rung for'
          FROM millrace.mv_watches WHERE mark IS DISTINCT FROM pg_sequence_last_value(change_seq)::text OR writers <> '{}') unrest
