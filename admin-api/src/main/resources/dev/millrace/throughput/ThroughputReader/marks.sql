-- What may explain a change: where queue workers began to run another release, and where pauses began and ended. A release is new when none
-- of its processes was heard of in the ten minutes before, and another process was known.
SELECT at, type, subject, by
  FROM (
   (SELECT w.started_at AS at, 'deploy' AS type, w.release AS subject, NULL AS by
      FROM millrace.queue_workers w
     WHERE w.started_at >= :from AND w.release <> ''
       AND NOT EXISTS (
         SELECT 1 FROM millrace.queue_workers same
          WHERE same.release = w.release AND (same.started_at, same.worker_id) < (w.started_at, w.worker_id)
            AND same.heartbeat_at > w.started_at - interval '10 minutes')
       AND EXISTS (SELECT 1 FROM millrace.queue_workers other WHERE other.release <> w.release AND other.started_at < w.started_at)
     ORDER BY w.started_at DESC
     LIMIT :most)
   UNION ALL
   (SELECT a.at, CASE a.action WHEN 'queue.pause' THEN 'pause' ELSE 'resume' END, a.target, a.who
      FROM millrace.audit a
     WHERE a.action IN ('queue.pause', 'queue.resume') AND a.outcome = 'allowed' AND a.at >= :from
     ORDER BY a.at DESC
     LIMIT :most)
   ORDER BY at DESC
   LIMIT :most) newest
 ORDER BY at
