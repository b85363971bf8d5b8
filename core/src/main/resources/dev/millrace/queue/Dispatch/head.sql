-- The near end of a lane, in order, and whether a job has to stay out: its lock key is held, or its limit is reached. Its turn
-- comes when the key is freed, unless it skips then.
SELECT head.rank, head.lock_key,
       (head.lock_key IS NOT NULL AND EXISTS (
         SELECT 1 FROM millrace.jobs held WHERE held.lock_key = head.lock_key AND held.state = 'processing'))
       OR (head.limit_key IS NOT NULL AND head.limit_max <= (
         SELECT count(*) FROM millrace.jobs held WHERE held.limit_key = head.limit_key AND held.state = 'processing')) AS held,
       head.on_busy = 'skip' AS skips
  FROM (SELECT rank, lock_key, limit_key, limit_max, on_busy
          FROM millrace.jobs
         WHERE queue = :queue AND kind = :kind AND state = 'queued'
         ORDER BY rank
         LIMIT :most) head
 ORDER BY head.rank
