-- At most :most log lines of the given jobs, which this transaction has locked.
DELETE FROM millrace.job_logs
 WHERE id IN (SELECT id FROM millrace.job_logs WHERE job_id = ANY (:ids) LIMIT :most)
