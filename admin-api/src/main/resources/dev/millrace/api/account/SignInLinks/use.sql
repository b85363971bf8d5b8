-- One link that has not expired, of a user who is not disabled. It is deleted: of two that use it at once one finds it.
WITH used AS (DELETE FROM millrace.sign_in_links WHERE token_hash = :tokenHash AND expires_at > clock_timestamp() RETURNING user_name)
SELECT u.name, u.role, u.password_hash
  FROM used
  JOIN millrace.users u ON u.name = used.user_name
 WHERE u.disabled_at IS NULL
