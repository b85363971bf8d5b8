-- The next run, unless the row shows a later one already.
UPDATE public.background_workers SET next_run_at = :next
 WHERE worker_name = :workerName AND enabled AND next_run_at <= :slot
