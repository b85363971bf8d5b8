-- A new user; none when the name is taken.
INSERT INTO millrace.users (name, role, password_hash)
VALUES (:name, :role, :passwordHash)
ON CONFLICT (name) DO NOTHING
RETURNING name, role, created_at, disabled_at
