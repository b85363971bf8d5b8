-- The sync in progress: one row at most. Each branch reads a partial index or the newest runs of the background worker;
-- a sync planned for later is not in progress.
SELECT id, state, coalesce(started_at, created_at) AS since, children_left
  FROM (SELECT id, state, started_at, created_at, children_left FROM millrace.jobs
         WHERE state = 'waiting' AND kind = 'sync.master'
        UNION ALL
        SELECT id, state, started_at, created_at, children_left FROM millrace.jobs
         WHERE state = 'processing' AND kind = 'sync.master'
        UNION ALL
        SELECT id, state, started_at, created_at, children_left
          FROM (SELECT * FROM millrace.jobs WHERE background_worker = 'master_sync' ORDER BY id DESC LIMIT 20) newest
         WHERE kind = 'sync.master'
           AND (state = 'queued' OR (state = 'scheduled' AND (attempt > 0 OR run_at <= clock_timestamp())))) sync
 ORDER BY state = 'waiting' DESC, state = 'processing' DESC, id
 LIMIT 1
