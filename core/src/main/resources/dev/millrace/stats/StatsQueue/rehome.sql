-- The jobs that no worker claims where they wait, moved to a queue that is served; one row each, with that queue. None while there is
-- no such queue.
UPDATE millrace.jobs
   SET queue = served.queue
  FROM (
    SELECT queue
      FROM millrace.queue_workers w CROSS JOIN LATERAL unnest(w.queues) queue
     WHERE w.lease_until > clock_timestamp() AND w.state = 'running' AND w.kinds @> '{stats.update,cache.invalidate}'
     ORDER BY queue = millrace.stats_queue() DESC, queue = 'default' DESC, queue
     LIMIT 1) served
 WHERE id IN (
   SELECT j.id
     FROM millrace.unserved_lanes l
     JOIN millrace.jobs j ON j.queue = l.queue AND j.kind = l.kind AND j.state = 'queued'
    WHERE l.kind IN ('stats.update', 'cache.invalidate') AND l.queue IN ('default', millrace.stats_queue())
    LIMIT 1000
      FOR UPDATE OF j SKIP LOCKED)
RETURNING served.queue
