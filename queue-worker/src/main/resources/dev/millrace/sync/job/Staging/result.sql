-- What an earlier attempt of the job has committed, if it came to its end: one row, or none.
SELECT result::text FROM millrace.sync_loads WHERE job_id = :job AND result IS NOT NULL
