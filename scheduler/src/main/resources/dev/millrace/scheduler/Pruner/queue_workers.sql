-- Processes gone for long that hold no job.
DELETE FROM millrace.queue_workers
 WHERE worker_id IN (
   SELECT worker_id FROM millrace.queue_workers w
    WHERE lease_until < clock_timestamp() - :keepSeconds * interval '1 second'
      AND NOT EXISTS (SELECT 1 FROM millrace.jobs j WHERE j.worker_id = w.worker_id AND j.state = 'processing')
    LIMIT :most
      FOR UPDATE OF w SKIP LOCKED)
