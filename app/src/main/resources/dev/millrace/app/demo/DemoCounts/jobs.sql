-- How many jobs are in each state that has any, in the order of a job's life.
SELECT state, count(*) AS n
  FROM millrace.jobs
 GROUP BY state
 ORDER BY array_position(ARRAY['scheduled', 'queued', 'processing', 'waiting', 'completed', 'failed', 'cancelled'], state)
