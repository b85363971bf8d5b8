-- One row for the first request with the key; a second one waits here until the first has committed, and then gets none.
INSERT INTO millrace.idempotency_keys (key, fingerprint) VALUES (:key, :fingerprint) ON CONFLICT (key) DO NOTHING
