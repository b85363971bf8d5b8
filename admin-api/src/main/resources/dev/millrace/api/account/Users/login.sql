-- One user who is not disabled.
SELECT role, password_hash FROM millrace.users WHERE name = :name AND disabled_at IS NULL
