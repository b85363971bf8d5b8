-- Counts of old minutes. Nobody adds to them any more.
DELETE FROM millrace.job_minutes
 WHERE (at, queue, kind, outcome) IN (
   SELECT at, queue, kind, outcome FROM millrace.job_minutes
    WHERE at < clock_timestamp() - :keepSeconds * interval '1 second'
    ORDER BY at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
