-- Runs of disabled background workers that no queue worker has begun. Disabling cancels them; a fire that could not wait for the end of
-- that change may have added one since.
UPDATE millrace.jobs
   SET state = 'cancelled', finished_at = clock_timestamp(), error = 'background worker disabled before the run began'
 WHERE id IN (
   SELECT j.id
     FROM public.background_workers b
     JOIN millrace.jobs j ON j.background_worker = b.worker_name
    WHERE NOT b.enabled AND b.worker_name = ANY (:names)
      AND j.trigger = 'schedule' AND j.attempt = 0 AND j.parent_id IS NULL AND j.state IN ('scheduled', 'queued')
      FOR UPDATE OF j SKIP LOCKED)
