-- One row: the newest stats job's functions; none when there was no such job.
SELECT count(*) FILTER (WHERE status = 'completed') AS completed, count(*) AS functions, max(duration_ms) AS slowest_ms,
       (array_agg(function_name ORDER BY duration_ms DESC))[1] AS slowest, sum(rows)::bigint AS rows
  FROM millrace.stats_runs
 WHERE job_id = (SELECT max(job_id) FROM millrace.stats_runs)
HAVING count(*) > 0
