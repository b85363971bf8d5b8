-- A new link, when its user is not disabled; deletes those that have expired.
WITH expired AS (DELETE FROM millrace.sign_in_links WHERE expires_at <= clock_timestamp())
INSERT INTO millrace.sign_in_links (token_hash, user_name, expires_at)
SELECT :tokenHash, name, clock_timestamp() + :seconds * interval '1 second'
  FROM millrace.users
 WHERE name = :user AND disabled_at IS NULL
   FOR SHARE
RETURNING expires_at
