-- What a process says is wrong with it: threads that died, hang or fail, and what is missing in Redis. Written with each check-in and
-- heartbeat, shown by the status.
ALTER TABLE millrace.scheduler_nodes ADD COLUMN troubles text[] NOT NULL DEFAULT '{}';
ALTER TABLE millrace.queue_workers ADD COLUMN troubles text[] NOT NULL DEFAULT '{}';
