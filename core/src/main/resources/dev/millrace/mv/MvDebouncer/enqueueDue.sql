-- The views that are due and have no job, the most urgent first; none that reads a view which is due or being refreshed itself.
WITH fresh AS MATERIALIZED (
  SELECT view_name, due_at, deadline, job_id, first_request IS NOT NULL AS asked, due_at <= clock_timestamp() AS due
    FROM millrace.mv_freshness
)
SELECT f.view_name, f.asked
  FROM fresh f
 WHERE f.due AND f.job_id IS NULL
   AND NOT EXISTS (
     SELECT FROM millrace.mv_edges e
       JOIN fresh up ON up.view_name = e.upstream AND (up.due OR up.job_id IS NOT NULL)
      WHERE e.downstream = f.view_name)
 ORDER BY f.deadline NULLS LAST, f.due_at
 LIMIT 500
