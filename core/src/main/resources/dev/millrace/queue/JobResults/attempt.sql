-- What came of an attempt that did not complete its job; read from the row before it is changed. A job may be snoozed any number of times: of its
-- attempts that spent nothing the first and those among the newest thousand are kept, of its log the newest ten thousand lines.
WITH old_attempts AS (
  DELETE FROM millrace.job_attempts
   WHERE job_id = :id AND outcome IN ('snoozed', 'handed_back')
     AND fence < (SELECT fence FROM millrace.job_attempts WHERE job_id = :id ORDER BY fence DESC OFFSET 999 LIMIT 1)
     AND fence > (SELECT min(fence) FROM millrace.job_attempts WHERE job_id = :id)
), old_lines AS (
  DELETE FROM millrace.job_logs
   WHERE job_id = :id AND id < (SELECT id FROM millrace.job_logs WHERE job_id = :id ORDER BY id DESC OFFSET 9999 LIMIT 1)
)
INSERT INTO millrace.job_attempts (job_id, fence, attempt, worker_id, started_at, outcome, error)
SELECT id, fence, attempt, worker_id, started_at, :outcome, :error
  FROM millrace.jobs
 WHERE id = :id AND fence = :fence AND worker_id = :workerId AND state = 'processing'
