-- The state of a view after a failed refresh; no row for a name that is neither registered nor a view.
WITH registered AS (
  INSERT INTO millrace.mv_views (view_name, origin, relid)
  SELECT :name, 'seen', millrace.view_oid(:name) WHERE millrace.view_oid(:name) IS NOT NULL
      ON CONFLICT DO NOTHING
  RETURNING view_name
)
INSERT INTO millrace.mv_state AS s (view_name, failures_in_row, last_failure_at, last_error, blockers)
SELECT :name, 1, clock_timestamp(), left(:error, 2000), :blockers::jsonb
 WHERE EXISTS (SELECT FROM registered) OR EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = :name)
    ON CONFLICT (view_name) DO UPDATE
   SET failures_in_row = s.failures_in_row + 1, last_failure_at = excluded.last_failure_at, last_error = excluded.last_error,
       blockers = excluded.blockers
