-- Loads whose job has ended and that no transaction uses: they are removed.
DELETE FROM millrace.sync_loads l
 WHERE l.job_id IN (SELECT f.job_id FROM millrace.sync_loads f
                     WHERE NOT EXISTS (SELECT FROM millrace.jobs j WHERE j.id = f.job_id AND j.finished_at IS NULL)
                       FOR UPDATE SKIP LOCKED)
RETURNING l.job_id
