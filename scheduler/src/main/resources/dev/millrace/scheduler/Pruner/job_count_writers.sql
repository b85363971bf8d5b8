-- Writers that have added nothing for long: a batch is sent again for much less time.
DELETE FROM millrace.job_count_writers
 WHERE writer IN (
   SELECT writer FROM millrace.job_count_writers
    WHERE added_at < clock_timestamp() - :keepSeconds * interval '1 second'
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
