-- One user who is not disabled.
UPDATE millrace.users SET disabled_at = clock_timestamp()
 WHERE name = :name AND disabled_at IS NULL
RETURNING name, role, created_at, disabled_at
