-- One row of history.
INSERT INTO public.mv_refresh_log
  (view_name, status, duration_ms, row_count, refresh_started_at, refresh_completed_at, error_message, trigger, waited_ms, mode, job_id, fence)
SELECT view_name, status, least(millis, 2147483647), row_count, clock_timestamp() - millis * interval '1 millisecond', clock_timestamp(),
       error_message, trigger, waited_ms, mode, job_id, fence
  FROM (VALUES (?::text, ?::text, ?::bigint, ?::bigint, ?::text, ?::text, ?::bigint, ?::text, ?::bigint, ?::bigint))
       line (view_name, status, millis, row_count, error_message, trigger, waited_ms, mode, job_id, fence)
