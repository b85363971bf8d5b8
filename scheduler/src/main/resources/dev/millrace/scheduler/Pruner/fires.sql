-- What became of old slots.
DELETE FROM millrace.fires
 WHERE (schedule, fire_time) IN (
   SELECT schedule, fire_time FROM millrace.fires
    WHERE fired_at < clock_timestamp() - :keepSeconds * interval '1 second'
    ORDER BY fired_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
