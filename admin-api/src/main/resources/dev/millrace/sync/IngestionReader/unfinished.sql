-- The sync in progress: one row at most; a sync planned for later is not in progress. It has its unique key; one that was enqueued without
-- is searched among the newest 1,000 syncs.
SELECT id, state, children_left, children_total
  FROM (SELECT * FROM millrace.jobs
         WHERE unique_key = :uniqueKey AND kind = 'sync.master' AND unique_while = 'unfinished'
           AND state IN ('scheduled', 'queued', 'processing', 'waiting')
        UNION ALL
        SELECT * FROM (SELECT * FROM millrace.jobs WHERE kind = 'sync.master' ORDER BY id DESC LIMIT 1000) newest
         WHERE finished_at IS NULL) sync
 WHERE state IN ('queued', 'processing', 'waiting') OR (state = 'scheduled' AND (attempt > 0 OR run_at <= clock_timestamp()))
 ORDER BY state = 'waiting' DESC, state = 'processing' DESC, id
 LIMIT 1
