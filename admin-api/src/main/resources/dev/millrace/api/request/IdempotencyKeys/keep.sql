-- What the first request with the key was answered with.
UPDATE millrace.idempotency_keys SET answer = :answer::jsonb WHERE key = :key
