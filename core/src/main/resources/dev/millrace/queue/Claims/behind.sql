-- Ready jobs of a lane behind a rank, in order; of the jobs with a lock key, none whose key is held, and of those under a limit, none
-- that finds no slot: they would fill the window and not be run. Suspects are claimed alone.
SELECT rank, lock_key
  FROM millrace.jobs j
 WHERE queue = ? AND kind = ? AND state = 'queued' AND rank > ? AND processes_lost = 0
   AND (j.lock_key IS NULL OR NOT EXISTS (
     SELECT 1 FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing'))
   AND (j.limit_key IS NULL OR j.limit_max > (
     SELECT count(*) FROM millrace.jobs held WHERE held.limit_key = j.limit_key AND held.state = 'processing'))
 ORDER BY rank
 LIMIT ?
