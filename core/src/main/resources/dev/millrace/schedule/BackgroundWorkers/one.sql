-- One background worker, or none.
SELECT worker_name, display_name, description, enabled, interval_seconds, last_started_at, last_finished_at, last_status,
       last_error_message, runs_ok_in_row, runs_error_in_row, kind, payload::text AS payload, coalesce(queue, millrace.stats_queue()) AS queue,
       priority, cron, time_zone,
       misfire_policy, misfire_limit, overlap_policy, jitter_seconds, paused_by, paused_reason, paused_at, next_run_at, version
  FROM public.background_workers
 WHERE worker_name = :workerName
