-- One row per job that a lost worker was running: milliseconds from the signal until it was taken back, and until its next
-- claim, null if there was none.
SELECT l.seq, extract(epoch FROM taken.at - l.at) * 1000 AS taken, extract(epoch FROM again.at - l.at) * 1000 AS again
  FROM drill.losses l
  JOIN millrace.queue_workers w ON w.pid = l.pid
  JOIN drill.history h ON h.worker_id = w.worker_id AND h.state = 'processing' AND h.at <= l.at
  LEFT JOIN LATERAL (
    SELECT at FROM drill.history next
     WHERE next.job_id = h.job_id AND next.seq > h.seq ORDER BY next.seq LIMIT 1) taken ON true
  LEFT JOIN LATERAL (
    SELECT at FROM drill.history next
     WHERE next.job_id = h.job_id AND next.seq > h.seq AND next.state = 'processing'
     ORDER BY next.seq LIMIT 1) again ON true
 WHERE NOT EXISTS (
   SELECT 1 FROM drill.history done
    WHERE done.job_id = h.job_id AND done.seq > h.seq AND done.at <= l.at)
   AND EXISTS (
   SELECT 1 FROM millrace.job_attempts a WHERE a.job_id = h.job_id AND a.fence = h.fence AND a.outcome IN ('lost', 'failed'))
