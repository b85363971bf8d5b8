-- The load of one job is that of this sheet.
INSERT INTO millrace.sync_loads (job_id, supplier_id, sha256) VALUES (:job, :supplier, :sha256)
ON CONFLICT (job_id) DO UPDATE SET sha256 = excluded.sha256
