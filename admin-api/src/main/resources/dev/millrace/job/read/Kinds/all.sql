-- Every kind that a queue worker has registered, by name.
SELECT kind, payload_fields::text AS payload_fields,
       coalesce((defaults->>'max_attempts')::integer, 3) AS max_attempts,
       coalesce((defaults->>'payload_bytes')::integer, 262144) AS payload_bytes
  FROM millrace.kinds
 ORDER BY kind
