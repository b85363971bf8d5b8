-- The jobs of a queue worker that somebody wants stopped: the worker asks for them with every heartbeat, and found them among all that
-- it had claimed. Few jobs are ever in it.
CREATE INDEX jobs_to_be_stopped ON millrace.jobs (worker_id) WHERE state = 'processing' AND cancel_requested_at IS NOT NULL;

-- The list of cancelled jobs, as there is one for failed ones.
CREATE INDEX jobs_cancelled ON millrace.jobs (id) WHERE state = 'cancelled';

-- Vacuum begins after so many dead rows, however many jobs are kept: with a factor, the index entries that every look has to pass were
-- five per cent of a table that holds the jobs of a week.
ALTER TABLE millrace.jobs SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 1000000,
  autovacuum_analyze_scale_factor = 0.02, autovacuum_analyze_threshold = 5000);
