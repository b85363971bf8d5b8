-- One background worker with its new configuration; none when there is no such row or its version is another.
UPDATE public.background_workers
   SET enabled = coalesce(:enabled::boolean, enabled),
       interval_seconds = coalesce(:intervalSeconds::integer, interval_seconds),
       cron = CASE WHEN :intervalSeconds::integer IS NULL THEN cron END,
       schedule_origin = CASE WHEN :intervalSeconds::integer IS NULL THEN schedule_origin ELSE 'admin' END
 WHERE worker_name = :workerName AND (:version::bigint IS NULL OR version = :version::bigint)
RETURNING worker_name, display_name, description, enabled, interval_seconds, last_started_at, last_finished_at, last_status,
       last_error_message, runs_ok_in_row, runs_error_in_row, kind, payload::text AS payload, queue, priority, cron, time_zone,
       misfire_policy, overlap_policy, next_run_at, version
