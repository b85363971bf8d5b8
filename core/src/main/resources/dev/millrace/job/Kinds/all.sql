-- Every kind a queue worker has told of, by name.
SELECT kind, payload_fields::text AS payload_fields, defaults::text AS defaults
  FROM millrace.kinds
 ORDER BY kind
