-- Keys that are older than any repeated request.
DELETE FROM millrace.idempotency_keys
 WHERE key IN (
   SELECT key FROM millrace.idempotency_keys
    WHERE created_at < clock_timestamp() - :keepSeconds * interval '1 second'
    ORDER BY created_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
