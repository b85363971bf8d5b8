-- One background worker with its new configuration; none when there is no such row or its version is another.
UPDATE public.background_workers
   SET enabled = coalesce(:enabled::boolean, enabled),
       paused_by = CASE WHEN :enabled::boolean IS FALSE AND (enabled OR :reason::text IS NOT NULL) THEN :by::text ELSE paused_by END,
       paused_reason = CASE WHEN :enabled::boolean IS FALSE THEN coalesce(:reason::text, paused_reason) ELSE paused_reason END,
       interval_seconds = coalesce(:intervalSeconds::integer, interval_seconds),
       cron = CASE WHEN :intervalSeconds::integer IS NULL THEN coalesce(:cron::text, cron) END,
       time_zone = coalesce(:timeZone::text, time_zone),
       jitter_seconds = coalesce(:jitterSeconds::integer, jitter_seconds),
       misfire_policy = coalesce(:misfirePolicy::text, misfire_policy),
       misfire_limit = coalesce(:misfireLimit::integer, misfire_limit),
       overlap_policy = coalesce(:overlapPolicy::text, overlap_policy)
 WHERE worker_name = :workerName AND (:version::bigint IS NULL OR version = :version::bigint)
RETURNING worker_name, display_name, description, enabled, interval_seconds, last_started_at, last_finished_at, last_status,
       last_error_message, runs_ok_in_row, runs_error_in_row, kind, payload::text AS payload, coalesce(queue, millrace.stats_queue()) AS queue,
       priority, cron, time_zone,
       misfire_policy, misfire_limit, overlap_policy, jitter_seconds, paused_by, paused_reason, paused_at, next_run_at, version
