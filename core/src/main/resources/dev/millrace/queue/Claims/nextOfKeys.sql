-- The job that ranks first of each lock key that has been freed, and of each limit key as many as slots of it have been freed. No suspect:
-- it is claimed alone.
(SELECT DISTINCT ON (lock_key) queue, kind, rank, lock_key
   FROM millrace.jobs
  WHERE lock_key = ANY (?) AND state = 'queued' AND processes_lost = 0
  ORDER BY lock_key, rank)
UNION ALL
(SELECT job.queue, job.kind, job.rank, job.lock_key
   FROM unnest(?::text[], ?::integer[]) AS freed (limit_key, slots)
  CROSS JOIN LATERAL (
    SELECT queue, kind, rank, lock_key
      FROM millrace.jobs j
     WHERE j.limit_key = freed.limit_key AND j.state = 'queued' AND j.processes_lost = 0
     ORDER BY j.rank
     LIMIT freed.slots) job)
