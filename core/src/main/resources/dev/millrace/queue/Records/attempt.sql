-- What came of an attempt that did not complete its job; read from the row before it is changed.
INSERT INTO millrace.job_attempts (job_id, fence, attempt, worker_id, started_at, outcome, error)
SELECT id, fence, attempt, worker_id, started_at, :outcome, :error
  FROM millrace.jobs
 WHERE id = :id AND fence = :fence AND worker_id = :workerId AND state = 'processing'
