-- The newest invalidations of a state, or of all; or the one of an id.
SELECT i.id::text AS id, s.state, i.tags, i.stats_job_id::text AS stats_job_id, i.job_id::text AS job_id, i.created_at, i.sent_at
  FROM millrace.cache_invalidations i
  LEFT JOIN millrace.jobs j ON j.id = i.job_id
 CROSS JOIN LATERAL (
   SELECT CASE WHEN i.sent_at IS NOT NULL THEN 'sent'
               WHEN j.state = 'completed' THEN 'not_sent'
               WHEN j.finished_at IS NULL AND j.id IS NOT NULL THEN 'pending'
               ELSE 'failed' END AS state) s
 WHERE (:state::text IS NULL OR s.state = :state) AND (:id::bigint IS NULL OR i.id = :id)
 ORDER BY i.id DESC
 LIMIT :most
