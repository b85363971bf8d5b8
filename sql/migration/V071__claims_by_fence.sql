-- A worker asks for its own newer claims only: with the fence in the index, entries of its earlier claims, whose jobs have ended while
-- some transaction held an old snapshot, are not read.
DROP INDEX millrace.jobs_processing;
CREATE INDEX jobs_processing ON millrace.jobs (worker_id, fence) WHERE state = 'processing';
