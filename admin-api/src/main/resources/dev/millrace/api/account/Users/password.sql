-- One user, who is no longer disabled.
UPDATE millrace.users SET password_hash = :passwordHash, disabled_at = NULL
 WHERE name = :name
RETURNING name, role, created_at, disabled_at
