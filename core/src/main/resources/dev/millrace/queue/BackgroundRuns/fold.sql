-- The rows of background workers, brought up to date with the events of their runs, which are deleted: status, error and the counters
-- of runs in a row. A row that another transaction has locked keeps its events for the next time; events without a row are dropped.
-- At most 1,000 events are taken, of one background worker at most 200, in their order; the others wait for the next time. Answers with
-- the number of events that were taken or dropped.
WITH RECURSIVE named AS (
  (SELECT background_worker FROM millrace.run_events ORDER BY background_worker LIMIT 1)
  UNION ALL
  SELECT (SELECT e.background_worker FROM millrace.run_events e WHERE e.background_worker > n.background_worker
           ORDER BY e.background_worker LIMIT 1)
    FROM named n
   WHERE n.background_worker IS NOT NULL
), free AS MATERIALIZED (
  SELECT b.worker_name
    FROM public.background_workers b
   WHERE b.worker_name IN (SELECT n.background_worker FROM named n)
     FOR NO KEY UPDATE OF b SKIP LOCKED
), gone AS (
  SELECT n.background_worker
    FROM named n
   WHERE n.background_worker IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM public.background_workers b WHERE b.worker_name = n.background_worker)
), orphans AS (
  DELETE FROM millrace.run_events e
   WHERE e.id = ANY (ARRAY(
           SELECT o.id FROM gone
            CROSS JOIN LATERAL (
              SELECT e.id FROM millrace.run_events e WHERE e.background_worker = gone.background_worker ORDER BY e.id LIMIT 1000) o
            LIMIT 1000))
  RETURNING e.id
), taken AS MATERIALIZED (
  DELETE FROM millrace.run_events e
   WHERE e.id = ANY (ARRAY(
           SELECT o.id FROM free
            CROSS JOIN LATERAL (
              SELECT e.id FROM millrace.run_events e WHERE e.background_worker = free.worker_name ORDER BY e.id LIMIT 200) o
            LIMIT 1000))
  RETURNING e.background_worker, e.at, e.ok, e.error
), last AS (
  SELECT DISTINCT ON (background_worker) background_worker, at, ok, error
    FROM taken
   WHERE ok IS NOT NULL
   ORDER BY background_worker, at DESC
), seen AS (
  SELECT t.background_worker, max(t.at) FILTER (WHERE t.ok IS NULL) AS started_at, last.at AS finished_at, last.ok, last.error,
         max(t.at) FILTER (WHERE t.ok <> last.ok) AS turned_at
    FROM taken t
    LEFT JOIN last ON last.background_worker = t.background_worker
   GROUP BY t.background_worker, last.at, last.ok, last.error
), summed AS (
  SELECT s.*, s.started_at IS NOT NULL AND s.started_at > coalesce(s.finished_at, '-infinity') AS running,
         (SELECT count(*)::integer FROM taken t
           WHERE t.background_worker = s.background_worker AND t.ok = s.ok AND t.at > coalesce(s.turned_at, '-infinity')) AS runs
    FROM seen s
), shown AS (
  UPDATE public.background_workers b
     SET last_started_at = greatest(b.last_started_at, s.started_at),
         last_finished_at = greatest(b.last_finished_at, s.finished_at),
         last_status = CASE WHEN s.running THEN 'running' WHEN s.ok THEN 'success' ELSE 'error' END,
         last_error_message = CASE WHEN NOT s.running THEN s.error END,
         runs_ok_in_row = CASE WHEN s.ok IS NULL THEN b.runs_ok_in_row
                               WHEN NOT s.ok THEN 0
                               WHEN s.turned_at IS NULL THEN b.runs_ok_in_row + s.runs
                               ELSE s.runs END,
         runs_error_in_row = CASE WHEN s.ok IS NULL THEN b.runs_error_in_row
                                  WHEN s.ok THEN 0
                                  WHEN s.turned_at IS NULL THEN b.runs_error_in_row + s.runs
                                  ELSE s.runs END
    FROM summed s
   WHERE b.worker_name = s.background_worker
)
SELECT (SELECT count(*) FROM taken) + (SELECT count(*) FROM orphans)
