-- Jobs that may not start any more: their start deadline, or their whole time, is over. They stay locked until this transaction ends.
SELECT id FROM millrace.jobs
 WHERE state IN ('scheduled', 'queued') AND (start_by IS NOT NULL OR finish_by IS NOT NULL)
   AND least(start_by, finish_by) <= clock_timestamp()
   AND ((attempt = 0 AND start_by <= clock_timestamp()) OR finish_by <= clock_timestamp())
 ORDER BY id
 LIMIT :most
   FOR NO KEY UPDATE SKIP LOCKED
