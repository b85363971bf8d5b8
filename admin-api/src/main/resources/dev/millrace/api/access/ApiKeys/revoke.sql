-- One key that was not revoked.
UPDATE millrace.api_keys SET revoked_at = clock_timestamp()
 WHERE id = :id AND revoked_at IS NULL
RETURNING id, name, role, scopes, kinds, queues, created_by, created_at, expires_at, last_used_at, revoked_at
