-- A new key, none when its name is taken; an empty list of kinds or queues allows any.
INSERT INTO millrace.api_keys (id, secret_hash, name, role, scopes, kinds, queues, created_by, expires_at)
VALUES (:id, :secretHash, :name, :role, :scopes::text[], nullif(:kinds::text[], '{}'), nullif(:queues::text[], '{}'), :createdBy, :expiresAt)
ON CONFLICT (name) WHERE revoked_at IS NULL DO NOTHING
RETURNING id, name, role, scopes, kinds, queues, created_by, created_at, expires_at, last_used_at, revoked_at
