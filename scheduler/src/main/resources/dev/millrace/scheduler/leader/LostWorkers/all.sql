-- Jobs whose worker has no lease any more, however long ago it ended, and of workers without a row.
SELECT id FROM millrace.jobs j
 WHERE state = 'processing' AND worker_id IS NOT NULL
   AND NOT EXISTS (
     SELECT 1 FROM millrace.queue_workers w WHERE w.worker_id = j.worker_id AND w.lease_until > clock_timestamp())
 LIMIT ?
