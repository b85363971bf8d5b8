-- The end of each of some finished jobs that are runs of a background worker. Answers with the runs. OFFSET 0, so that the planner sees
-- only the primary key.
WITH ended AS (
  SELECT background_worker, id, attempt, fence, state = 'completed' AS ok, coalesce(error, state) AS error, started_at, finished_at
    FROM (SELECT * FROM millrace.jobs WHERE id = ANY (:ids) OFFSET 0) given
   WHERE background_worker IS NOT NULL AND finished_at IS NOT NULL
), noted AS (
  INSERT INTO millrace.run_events (background_worker, at, ok, error)
  SELECT background_worker, finished_at, ok, CASE WHEN NOT ok THEN left(error, 2000) END
    FROM ended
   WHERE EXISTS (SELECT 1 FROM public.background_workers b WHERE b.worker_name = ended.background_worker)
   ORDER BY finished_at
)
SELECT background_worker, id, attempt, fence, ok, left(error, 2000) AS error,
       (extract(epoch FROM finished_at - coalesce(started_at, finished_at)) * 1000)::bigint AS duration_ms
  FROM ended
 ORDER BY finished_at
