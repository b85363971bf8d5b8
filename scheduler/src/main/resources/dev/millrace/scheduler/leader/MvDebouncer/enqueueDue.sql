-- Enqueues a refresh of each view that is due and has no job, the most urgent first; of none that reads a view which is due or being
-- refreshed itself. One row per view: its job, and whether that is new. It reads only the views that can be due: those that are
-- requested, and those whose age counts. With a name given, that view alone.
WITH candidate AS MATERIALIZED (
  SELECT f.view_name, f.due_at, f.deadline, f.job_id, f.first_request IS NOT NULL AS asked, f.due_at <= clock_timestamp() AS due
    FROM millrace.mv_freshness f
   WHERE f.view_name = ANY (ARRAY(
           SELECT r.view_name FROM millrace.mv_requests r
           UNION
           SELECT v.view_name FROM millrace.mv_views v
            WHERE v.max_lag IS NOT NULL
              AND (NOT EXISTS (SELECT FROM millrace.mv_watches w WHERE w.view_name = v.view_name)
                   OR EXISTS (SELECT FROM millrace.mv_watch_faults f WHERE f.view_name = v.view_name))))
), due AS MATERIALIZED (
  SELECT c.view_name, c.asked
    FROM candidate c
   WHERE c.due AND c.job_id IS NULL AND (:only::text IS NULL OR c.view_name = :only)
     AND NOT EXISTS (
       SELECT FROM millrace.mv_edges e
         LEFT JOIN candidate up ON up.view_name = e.upstream
         LEFT JOIN millrace.jobs j
           ON j.unique_key = 'mv:' || e.upstream AND j.kind = 'mv.refresh' AND j.unique_while = 'unfinished'
          AND j.state IN ('scheduled', 'queued', 'processing', 'waiting')
        WHERE e.downstream = c.view_name AND (up.due OR j.id IS NOT NULL))
   ORDER BY c.deadline NULLS LAST, c.due_at
   LIMIT 500
)
SELECT due.view_name, job.job_id, job.created
  FROM due
 CROSS JOIN LATERAL millrace.enqueue(
         kind => 'mv.refresh', payload => jsonb_build_object('views', jsonb_build_array(due.view_name)),
         unique_key => 'mv:' || due.view_name, lock_key => 'mv:' || due.view_name,
         limit_key => 'mv.refresh', limit_max => :atOnce, trigger => CASE WHEN due.asked THEN 'table' ELSE 'schedule' END) job
