-- The next run, unless the row shows a later one already; and whether the row is enabled, which stays so until this transaction ends.
UPDATE public.background_workers
   SET next_run_at = CASE WHEN enabled AND next_run_at <= :slot THEN :next ELSE next_run_at END
 WHERE worker_name = :workerName
RETURNING enabled
