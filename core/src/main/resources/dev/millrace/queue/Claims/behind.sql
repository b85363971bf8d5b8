-- Ready jobs of a lane behind a rank, in order.
SELECT rank, lock_key
  FROM millrace.jobs
 WHERE queue = ? AND kind = ? AND state = 'queued' AND rank > ?
 ORDER BY rank
 LIMIT ?
