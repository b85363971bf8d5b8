-- The job that ranks first of each freed lock key.
SELECT DISTINCT ON (lock_key) queue, kind, rank, lock_key
  FROM millrace.jobs
 WHERE lock_key = ANY (?) AND state = 'queued'
 ORDER BY lock_key, rank
