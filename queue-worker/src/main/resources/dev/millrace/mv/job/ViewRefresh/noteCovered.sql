-- The views that a function covers are as fresh as the function.
INSERT INTO millrace.mv_state AS s (view_name, fresh_as_of, last_success_at, last_mode, bytes)
SELECT covered.view_name, ?::timestamptz, clock_timestamp(), 'function',
       pg_total_relation_size(covered.relid)
  FROM millrace.mv_views f
  JOIN millrace.mv_views covered ON covered.view_name = ANY (f.covers)
 WHERE f.view_name = ?
    ON CONFLICT (view_name) DO UPDATE
   SET fresh_as_of = excluded.fresh_as_of, last_success_at = excluded.last_success_at, last_mode = excluded.last_mode,
       bytes = excluded.bytes,
       failures_in_row = 0, last_error = NULL, blockers = NULL
