-- One call and what came of it.
INSERT INTO millrace.cache_invalidation_tries (invalidation_id, idempotency_key, duration_ms, http_status, error)
VALUES (:id, :key, :durationMs, :status, :error)
