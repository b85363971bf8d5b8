-- The queue of stats jobs, and the jobs that wait in the one before. Rows that another session has locked stay where they are.
WITH changed AS (
  UPDATE millrace.stats_settings SET queue = :queue
)
UPDATE millrace.jobs
   SET queue = :queue
 WHERE id IN (
   SELECT id FROM millrace.jobs
    WHERE queue = :before AND kind IN ('stats.update', 'cache.invalidate') AND state IN ('scheduled', 'queued')
      FOR UPDATE SKIP LOCKED)
