-- The lanes that have ready jobs: one index probe per lane, however long the lanes are.
WITH RECURSIVE lanes AS (
  (SELECT queue, kind FROM millrace.jobs WHERE state = 'queued' ORDER BY queue, kind LIMIT 1)
  UNION ALL
  SELECT next.queue, next.kind
    FROM lanes
   CROSS JOIN LATERAL (
     SELECT queue, kind FROM millrace.jobs
      WHERE state = 'queued' AND (queue, kind) > (lanes.queue, lanes.kind)
      ORDER BY queue, kind
      LIMIT 1) next
)
SELECT queue, kind FROM lanes
