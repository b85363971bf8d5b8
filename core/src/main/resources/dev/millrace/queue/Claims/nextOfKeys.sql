-- The job that ranks first of each lock key that has been freed, and of each limit key as many as slots of it have been freed.
(SELECT DISTINCT ON (lock_key) queue, kind, rank, lock_key
   FROM millrace.jobs
  WHERE lock_key = ANY (?) AND state = 'queued'
  ORDER BY lock_key, rank)
UNION ALL
(SELECT job.queue, job.kind, job.rank, job.lock_key
   FROM unnest(?::text[], ?::integer[]) AS freed (limit_key, slots)
  CROSS JOIN LATERAL (
    SELECT queue, kind, rank, lock_key
      FROM millrace.jobs j
     WHERE j.limit_key = freed.limit_key AND j.state = 'queued'
     ORDER BY j.rank
     LIMIT freed.slots) job)
