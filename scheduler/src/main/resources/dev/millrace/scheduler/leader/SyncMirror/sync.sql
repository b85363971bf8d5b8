-- The master sync in progress: one row, or none; one that is planned for later is not in progress.
SELECT id::text AS id, state, coalesce(started_at, created_at) AS began, children_total AS total, children_total - children_left AS ended
  FROM millrace.jobs
 WHERE unique_key = :uniqueKey AND kind = 'sync.master' AND unique_while = 'unfinished'
   AND state IN ('scheduled', 'queued', 'processing', 'waiting') AND (state <> 'scheduled' OR attempt > 0)
