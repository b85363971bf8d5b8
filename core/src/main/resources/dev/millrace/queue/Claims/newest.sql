-- The newest id that has been given to a job, whether it is committed or not.
SELECT last_value FROM millrace.jobs_id_seq
