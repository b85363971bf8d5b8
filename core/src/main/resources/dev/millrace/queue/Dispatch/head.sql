-- The near end of a lane, in order; jobs whose lock key is held stay out, their turn comes when it is freed.
SELECT head.rank, head.lock_key,
       head.lock_key IS NOT NULL AND EXISTS (
         SELECT 1 FROM millrace.jobs held WHERE held.lock_key = head.lock_key AND held.state = 'processing') AS held
  FROM (SELECT rank, lock_key
          FROM millrace.jobs
         WHERE queue = :queue AND kind = :kind AND state = 'queued'
         ORDER BY rank
         LIMIT :most) head
 ORDER BY head.rank
