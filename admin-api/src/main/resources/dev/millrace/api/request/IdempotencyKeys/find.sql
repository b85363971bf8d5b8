-- One row: the request that the key was first sent with, and its answer.
SELECT fingerprint, answer::text FROM millrace.idempotency_keys WHERE key = :key
