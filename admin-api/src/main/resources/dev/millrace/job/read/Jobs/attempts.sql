-- The newest attempts of one job that did not complete it, oldest first.
SELECT attempt, fence, worker_id, started_at, finished_at, outcome, error
  FROM (SELECT * FROM millrace.job_attempts WHERE job_id = :id ORDER BY fence DESC LIMIT 100) newest
 ORDER BY fence
