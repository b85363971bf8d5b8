-- The lines of jobs that still exist, in order.
INSERT INTO millrace.job_logs (job_id, attempt, level, message)
SELECT line.job_id, line.attempt, line.level, line.message
  FROM unnest(:jobIds, :attempts, :levels, :messages) WITH ORDINALITY AS line (job_id, attempt, level, message, n)
 WHERE EXISTS (SELECT 1 FROM millrace.jobs j WHERE j.id = line.job_id)
 ORDER BY n
