-- Syncs of the master sheet are found however they were enqueued: by the schedule, POST /ingestion/sync, POST /jobs or millrace.enqueue().
CREATE INDEX jobs_syncs ON millrace.jobs (id) WHERE kind = 'sync.master';
