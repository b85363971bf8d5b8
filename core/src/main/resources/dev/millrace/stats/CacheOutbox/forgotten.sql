-- Jobs that have ended and whose functions have tags that were not sent and are not queued to be.
SELECT DISTINCT r.job_id
  FROM millrace.stats_runs r
  JOIN millrace.jobs j ON j.id = r.job_id
 WHERE r.status = 'completed' AND r.invalidation_id IS NULL AND r.cache_tags <> '{}' AND j.finished_at IS NOT NULL
 LIMIT 100
