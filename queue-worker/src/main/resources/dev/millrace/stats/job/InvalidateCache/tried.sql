-- One call and its outcome.
INSERT INTO millrace.cache_invalidation_tries (invalidation_id, idempotency_key, duration_ms, http_status, error)
VALUES (:id, :key, :durationMs, :status, :error)
