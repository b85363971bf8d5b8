-- Cancels of families too large for one transaction that have not come to their end: the leader goes on with them (decision 118).
CREATE TABLE millrace.family_cancels (
  job_id       bigint PRIMARY KEY REFERENCES millrace.jobs (id) ON DELETE CASCADE,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
