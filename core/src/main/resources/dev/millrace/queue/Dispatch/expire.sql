-- Jobs that may not start any more: their start deadline, or their whole time, is over.
WITH late AS (
  SELECT id FROM millrace.jobs
   WHERE state IN ('scheduled', 'queued') AND (start_by IS NOT NULL OR finish_by IS NOT NULL)
     AND least(start_by, finish_by) <= clock_timestamp()
     AND ((attempt = 0 AND start_by <= clock_timestamp()) OR finish_by <= clock_timestamp())
   ORDER BY id
   LIMIT :most
     FOR UPDATE SKIP LOCKED)
UPDATE millrace.jobs j
   SET state = 'failed', finished_at = clock_timestamp(),
       error = CASE WHEN finish_by <= clock_timestamp() THEN 'not finished by ' || to_json(finish_by)::text
                    ELSE 'not started by ' || to_json(start_by)::text END
  FROM late
 WHERE j.id = late.id
RETURNING j.id
