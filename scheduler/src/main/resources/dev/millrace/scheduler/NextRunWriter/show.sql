-- What the row shows as its next run, unless the row has been changed since it was read, or another session holds it.
UPDATE public.background_workers b SET next_run_at = :next
  FROM (SELECT worker_name FROM public.background_workers
         WHERE worker_name = :workerName AND version = :version AND next_run_at IS DISTINCT FROM :next
           FOR NO KEY UPDATE SKIP LOCKED) free
 WHERE b.worker_name = free.worker_name
