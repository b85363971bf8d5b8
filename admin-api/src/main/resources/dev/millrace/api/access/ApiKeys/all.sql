-- All keys, newest first.
SELECT id, name, role, scopes, kinds, queues, created_by, created_at, expires_at, last_used_at, revoked_at
  FROM millrace.api_keys
 ORDER BY created_at DESC, id
