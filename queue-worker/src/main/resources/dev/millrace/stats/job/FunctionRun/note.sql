-- The newest outcome of a function of a job.
INSERT INTO millrace.stats_runs AS r
  (job_id, function_name, group_name, status, attempt, fence, duration_ms, rows, error, cache_tags)
VALUES (:jobId, :function, :group, :status, :attempt, :fence, :durationMs, :rows, :error, :cacheTags)
ON CONFLICT (job_id, function_name) DO UPDATE
   SET status = excluded.status, attempt = excluded.attempt, fence = excluded.fence, finished_at = excluded.finished_at,
       duration_ms = excluded.duration_ms, rows = excluded.rows, error = excluded.error, cache_tags = excluded.cache_tags,
       invalidation_id = NULL
