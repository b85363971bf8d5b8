-- Milliseconds by the database's clock until the next scheduled job is due; rounded up, at least 0.
-- Null: none is scheduled.
SELECT greatest(0, ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000))::bigint
  FROM millrace.jobs
 WHERE state = 'scheduled'
