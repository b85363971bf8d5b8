-- The queued job that has been due for longest, of those that are first in line in each queue, kind and priority; none: nothing waits. Index
-- probes per queue, kind and priority, at most 2,000 of them, however many jobs wait. The rank has the priority above its lower 44 bits.
WITH RECURSIVE heads AS (
  (SELECT queue, kind, rank FROM millrace.jobs WHERE state = 'queued' ORDER BY queue, kind, rank LIMIT 1)
  UNION ALL
  SELECT next.queue, next.kind, next.rank
    FROM heads
   CROSS JOIN LATERAL (
     SELECT queue, kind, rank FROM millrace.jobs
      WHERE state = 'queued' AND (queue, kind, rank) >= (heads.queue, heads.kind, ((heads.rank >> 44) + 1) << 44)
      ORDER BY queue, kind, rank
      LIMIT 1) next
)
SELECT j.id AS job_id, j.kind, j.queue, greatest(j.run_at, j.created_at) AS due_at
  FROM (SELECT rank FROM heads LIMIT 2000) head
  JOIN millrace.jobs j ON j.id = head.rank & ((1::bigint << 44) - 1)
 WHERE j.state = 'queued'
 ORDER BY due_at
 LIMIT 1
