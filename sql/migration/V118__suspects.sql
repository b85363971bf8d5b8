-- A job whose attempts end with their process is a suspect: it may be what ends them. This counts those in a row; an attempt that ends by
-- itself, whatever comes of it, takes the suspicion away.
CREATE DOMAIN millrace.lost_processes AS smallint CHECK (VALUE >= 0);
ALTER TABLE millrace.jobs ADD COLUMN processes_lost millrace.lost_processes NOT NULL DEFAULT 0;

-- Queue workers ask every half second for suspects that wait. Few jobs are ever in it.
CREATE INDEX jobs_suspect ON millrace.jobs (queue, kind, run_at) WHERE state = 'queued' AND processes_lost > 0;

-- Each claim asks whether its worker runs a suspect at the moment.
CREATE INDEX jobs_suspect_of_worker ON millrace.jobs (worker_id) WHERE finished_at IS NULL AND processes_lost > 0;

-- Until then a queue worker claims nothing but suspects, so that one that waits gets its turn on a busy queue as well.
ALTER TABLE millrace.queue_workers ADD COLUMN reserved_until timestamptz;

-- Each claim of a job with a lock key or a limit asks whether a suspect waits for the same; see suspect_keeps_keys.
CREATE INDEX jobs_suspect_keys ON millrace.jobs (lock_key, limit_key)
 WHERE state = 'queued' AND processes_lost > 0 AND (lock_key IS NOT NULL OR limit_key IS NOT NULL);
