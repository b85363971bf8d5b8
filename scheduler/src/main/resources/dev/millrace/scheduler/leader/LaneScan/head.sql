-- The near end of some stretches of a lane, in order, and what keeps a job out: a lock key that is held, a limit without room for it.
-- Its turn comes when the key is freed, unless it skips then. Each key is looked up once, however many jobs of the page have it. Suspects
-- are claimed alone.
WITH head AS MATERIALIZED (
  SELECT near.rank, near.lock_key, near.limit_key, near.limit_max, near.on_busy
    FROM unnest(?::bigint[], ?::bigint[]) AS stretch (low, high)
   CROSS JOIN LATERAL (
     SELECT j.rank, j.lock_key, j.limit_key, j.limit_max, j.on_busy
       FROM millrace.jobs j
      WHERE j.queue = ? AND j.kind = ? AND j.state = 'queued' AND j.processes_lost = 0 AND j.rank >= stretch.low AND j.rank < stretch.high
      ORDER BY j.rank
      LIMIT ?) near
   ORDER BY near.rank
   LIMIT ?
), lock AS (
  SELECT k.lock_key, EXISTS (
           SELECT 1 FROM millrace.jobs held WHERE held.lock_key = k.lock_key AND held.state = 'processing') AS held
    FROM (SELECT DISTINCT lock_key FROM head WHERE lock_key IS NOT NULL) k
), limited AS (
  SELECT k.limit_key, (
           SELECT count(*) FROM millrace.jobs held WHERE held.limit_key = k.limit_key AND held.state = 'processing') AS used
    FROM (SELECT DISTINCT limit_key FROM head WHERE limit_key IS NOT NULL) k
)
SELECT head.rank, head.lock_key, coalesce(lock.held, false) AS held, head.on_busy = 'skip' AS skips,
       head.limit_key, head.limit_max - limited.used AS room
  FROM head
  LEFT JOIN lock ON lock.lock_key = head.lock_key
  LEFT JOIN limited ON limited.limit_key = head.limit_key
 ORDER BY head.rank
