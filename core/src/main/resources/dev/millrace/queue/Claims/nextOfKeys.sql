-- The job that ranks first of each lock key and of each limit key that has been freed.
(SELECT DISTINCT ON (lock_key) queue, kind, rank, lock_key
   FROM millrace.jobs
  WHERE lock_key = ANY (?) AND state = 'queued'
  ORDER BY lock_key, rank)
UNION ALL
(SELECT DISTINCT ON (limit_key) queue, kind, rank, lock_key
   FROM millrace.jobs
  WHERE limit_key = ANY (?) AND state = 'queued'
  ORDER BY limit_key, rank)
