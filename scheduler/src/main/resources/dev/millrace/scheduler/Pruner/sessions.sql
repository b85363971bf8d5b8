-- Sessions that have reached their end.
DELETE FROM millrace.sessions
 WHERE id IN (
   SELECT id FROM millrace.sessions
    WHERE expires_at < clock_timestamp() - :keepSeconds * interval '1 second'
    ORDER BY expires_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
