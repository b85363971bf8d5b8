-- The newest twenty calls of an invalidation, oldest first.
SELECT * FROM (
  SELECT idempotency_key, at, duration_ms, http_status, error
    FROM millrace.cache_invalidation_tries
   WHERE invalidation_id = :id
   ORDER BY at DESC LIMIT 20) newest
 ORDER BY at
