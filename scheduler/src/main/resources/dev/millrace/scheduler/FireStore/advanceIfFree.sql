-- As advance, of a row that no other session holds; of one that is held, whether it was enabled when it was committed last.
WITH free AS MATERIALIZED (
  SELECT worker_name FROM public.background_workers WHERE worker_name = :workerName FOR NO KEY UPDATE SKIP LOCKED
), advanced AS (
  UPDATE public.background_workers b
     SET next_run_at = CASE WHEN enabled AND next_run_at <= :slot THEN :next ELSE next_run_at END
    FROM free
   WHERE b.worker_name = free.worker_name
  RETURNING enabled)
SELECT coalesce((SELECT enabled FROM advanced), enabled) FROM public.background_workers WHERE worker_name = :workerName
