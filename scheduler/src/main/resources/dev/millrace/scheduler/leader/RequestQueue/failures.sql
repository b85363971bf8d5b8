-- Shows how often in a row the refresh of a view has failed, and why, in rows that are free and were not written since they became requests.
WITH failing AS MATERIALIZED (
  SELECT q.view_name, s.failures_in_row, left(s.last_error, 2000) AS last_error
    FROM millrace.mv_state s
    JOIN public.mv_refresh_queue q ON q.view_name::text = s.view_name
   WHERE s.failures_in_row > 0 AND (q.attempts, q.last_error::text) IS DISTINCT FROM (s.failures_in_row, left(s.last_error, 2000))
     FOR UPDATE OF q SKIP LOCKED
), shown AS (
  UPDATE public.mv_refresh_queue q SET attempts = f.failures_in_row, last_error = f.last_error
    FROM failing f
    JOIN millrace.mv_adopted a ON a.view_name = f.view_name::text
   WHERE q.view_name = f.view_name AND a.version = concat(q.xmin, ' ', q.ctid)
  RETURNING q.view_name::text AS view_name, concat(q.xmin, ' ', q.ctid) AS version
)
UPDATE millrace.mv_adopted a SET version = shown.version FROM shown WHERE a.view_name = shown.view_name
