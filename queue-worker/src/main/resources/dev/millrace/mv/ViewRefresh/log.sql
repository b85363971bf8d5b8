-- One row of history.
INSERT INTO public.mv_refresh_log
  (view_name, status, duration_ms, rows, refresh_completed_at, error, trigger, waited_ms, mode, job_id, fence)
VALUES (:name, :status, least(:millis, 2147483647), :rows, clock_timestamp(), :error, :trigger, :waitedMs, :mode, :jobId, :fence)
