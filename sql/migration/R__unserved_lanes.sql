-- Lanes whose jobs no queue worker claims: of a queue or a kind that none has served for 30 s.
CREATE OR REPLACE VIEW millrace.unserved_lanes AS
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
SELECT l.queue, l.kind
  FROM lanes l
 WHERE NOT EXISTS (
   SELECT 1 FROM millrace.queue_workers w
    WHERE w.lease_until > clock_timestamp() - interval '30 seconds' AND l.queue = ANY (w.queues) AND l.kind = ANY (w.kinds));
