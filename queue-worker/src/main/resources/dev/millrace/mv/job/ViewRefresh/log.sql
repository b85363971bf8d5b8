-- One row of history.
INSERT INTO public.mv_refresh_log
  (view_name, status, duration_ms, rows, refresh_completed_at, error, trigger, waited_ms, mode, job_id, fence)
VALUES (?, ?, least(?, 2147483647), ?, clock_timestamp(), ?, ?, ?, ?, ?, ?)
