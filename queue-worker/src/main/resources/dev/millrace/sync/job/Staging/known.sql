-- What earlier attempts of the job have committed: one row, with the result if it came to its end; none: nothing.
SELECT result::text AS result FROM millrace.sync_loads WHERE job_id = :job
