-- Jobs that a process took along when a job ended it that had ended one before.
SELECT 'job ' || other.job_id || ' was lost with ' || other.worker_id || ' beside attempt ' || killer.attempt || ' of job ' || killer.job_id
  FROM millrace.jobs j
  JOIN millrace.job_attempts killer ON killer.job_id = j.id AND killer.attempt > 1 AND killer.outcome IN ('lost', 'failed')
  JOIN millrace.job_attempts other ON other.worker_id = killer.worker_id AND other.job_id <> killer.job_id
 WHERE j.kind = 'drill.effect' AND (j.payload ->> 'poison')::boolean AND other.outcome IN ('lost', 'failed')
 ORDER BY other.job_id
