-- One row while the job exists: whether its first attempt began so long ago.
SELECT coalesce((SELECT min(a.started_at) FROM millrace.job_attempts a WHERE a.job_id = j.id), j.started_at)
         <= clock_timestamp() - :millis * interval '1 millisecond'
  FROM millrace.jobs j
 WHERE j.id = :id
