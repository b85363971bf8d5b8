-- All users by name.
SELECT name, role, created_at, disabled_at FROM millrace.users ORDER BY name
