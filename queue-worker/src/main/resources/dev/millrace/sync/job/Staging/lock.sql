-- The load of one job, locked so that no other session removes it: one row with its sheet, or none.
SELECT sha256 FROM millrace.sync_loads WHERE job_id = :job FOR UPDATE
