-- A new session, none when the user was disabled or got another password meanwhile.
INSERT INTO millrace.sessions (token_hash, user_name, expires_at, address, agent)
SELECT :tokenHash, u.name, clock_timestamp() + :longestSeconds * interval '1 second', left(:address, 100), left(:agent, 200)
  FROM millrace.users u
 WHERE u.name = :user AND u.password_hash = :passwordHash AND u.disabled_at IS NULL
   FOR SHARE
