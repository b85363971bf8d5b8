-- Milliseconds by the database's clock until the next scheduled job is due, rounded up, at least 0. No row: none is
-- scheduled (greatest() alone would make a 0 of the null).
SELECT greatest(0, ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000))::bigint
  FROM millrace.jobs
 WHERE state = 'scheduled'
HAVING min(run_at) IS NOT NULL
