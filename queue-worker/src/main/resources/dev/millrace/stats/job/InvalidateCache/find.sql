-- One row, or none: it has been pruned.
SELECT tags, stats_job_id::text AS stats_job_id, sent_at IS NOT NULL AS sent FROM millrace.cache_invalidations WHERE id = :id
