-- At most :most attempts of the given jobs, which this transaction has locked.
DELETE FROM millrace.job_attempts
 WHERE (job_id, fence) IN (SELECT job_id, fence FROM millrace.job_attempts WHERE job_id = ANY (:ids) LIMIT :most)
