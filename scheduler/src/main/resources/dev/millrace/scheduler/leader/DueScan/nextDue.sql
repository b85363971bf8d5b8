-- One row: milliseconds by the database's clock until the next job is due that is scheduled for then or later, rounded up, at least 0,
-- and null when there is none; its time; and the time of this query.
SELECT CASE WHEN min(run_at) IS NOT NULL
            THEN greatest(0, ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000))::bigint END,
       min(run_at), clock_timestamp()
  FROM millrace.jobs
 WHERE state = 'scheduled' AND run_at >= ?
