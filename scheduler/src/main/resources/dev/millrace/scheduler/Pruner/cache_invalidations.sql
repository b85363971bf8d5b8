-- Old invalidations, sent or not, each with its tries; never one that a job is at.
DELETE FROM millrace.cache_invalidations
 WHERE id IN (
   SELECT id FROM millrace.cache_invalidations i
    WHERE created_at < clock_timestamp() - :keepSeconds * interval '1 second'
      AND NOT EXISTS (SELECT 1 FROM millrace.jobs j WHERE j.id = i.job_id AND j.finished_at IS NULL)
    ORDER BY created_at
    LIMIT :most
      FOR UPDATE OF i SKIP LOCKED)
