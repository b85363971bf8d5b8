-- At most :most requests that were answered with the given jobs, which this transaction has locked.
DELETE FROM millrace.stats_requests
 WHERE request_id IN (SELECT request_id FROM millrace.stats_requests WHERE job_id = ANY (:ids) LIMIT :most)
