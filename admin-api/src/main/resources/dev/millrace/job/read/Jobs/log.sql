-- The newest log lines of one job, oldest first.
SELECT attempt, at, level, message
  FROM (SELECT * FROM millrace.job_logs WHERE job_id = :id ORDER BY id DESC LIMIT 500) newest
 ORDER BY id
