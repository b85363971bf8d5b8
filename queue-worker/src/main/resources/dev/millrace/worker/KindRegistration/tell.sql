-- What this release can run; the newest worker to start has the word.
INSERT INTO millrace.kinds (kind, payload_fields, defaults)
VALUES (?, ?::jsonb, ?::jsonb)
ON CONFLICT (kind) DO UPDATE
  SET payload_fields = excluded.payload_fields, defaults = excluded.defaults, seen_at = clock_timestamp()
