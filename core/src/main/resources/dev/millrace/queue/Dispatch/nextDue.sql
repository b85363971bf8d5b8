-- Milliseconds by the database's clock until the next scheduled job is due; rounded up, at least 0.
-- Null: none is scheduled (greatest() alone would make 0 of that).
SELECT CASE WHEN min(run_at) IS NOT NULL
            THEN greatest(0, ceil(extract(epoch FROM min(run_at) - clock_timestamp()) * 1000))::bigint END
  FROM millrace.jobs
 WHERE state = 'scheduled'
