-- The job has come to its end: an attempt that follows finds the result and repeats nothing.
INSERT INTO millrace.sync_loads (job_id, supplier_id, result) VALUES (:job, :supplier, :result::jsonb)
ON CONFLICT (job_id) DO UPDATE SET result = excluded.result
