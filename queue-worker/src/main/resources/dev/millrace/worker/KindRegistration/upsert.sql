-- The kinds that this release can run; the worker that starts last overwrites the others.
INSERT INTO millrace.kinds (kind, payload_fields, defaults)
VALUES (?, ?::jsonb, ?::jsonb)
ON CONFLICT (kind) DO UPDATE
  SET payload_fields = excluded.payload_fields, defaults = excluded.defaults, seen_at = clock_timestamp()
