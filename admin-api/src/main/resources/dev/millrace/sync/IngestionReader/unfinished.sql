-- The sync in progress: one row at most; a sync planned for later is not in progress. It has its unique key; one that was enqueued without
-- is searched among some jobs that wait, some that run and the newest runs of the background worker.
SELECT id, state, children_left, children_total
  FROM (SELECT id, kind, state, children_left, children_total FROM millrace.jobs
         WHERE unique_key = :uniqueKey AND kind = 'sync.master' AND unique_while = 'unfinished'
           AND state IN ('scheduled', 'queued', 'processing', 'waiting') AND state IN ('processing', 'waiting')
        UNION ALL
        (SELECT id, kind, state, children_left, children_total FROM millrace.jobs WHERE state = 'waiting' ORDER BY id DESC LIMIT 1000)
        UNION ALL
        (SELECT id, kind, state, children_left, children_total FROM millrace.jobs WHERE state = 'processing' AND worker_id IS NOT NULL ORDER BY worker_id LIMIT 1000)
        UNION ALL
        SELECT id, kind, state, children_left, children_total
          FROM (SELECT * FROM millrace.jobs WHERE background_worker = 'master_sync' ORDER BY id DESC LIMIT 20) newest
         WHERE state = 'queued' OR (state = 'scheduled' AND (attempt > 0 OR run_at <= clock_timestamp()))) sync
 WHERE kind = 'sync.master'
 ORDER BY state = 'waiting' DESC, state = 'processing' DESC, id
 LIMIT 1
