-- What the row shows as its next run, unless the row has been changed since it was read.
UPDATE public.background_workers SET next_run_at = :next
 WHERE worker_name = :workerName AND version = :version AND next_run_at IS DISTINCT FROM :next
