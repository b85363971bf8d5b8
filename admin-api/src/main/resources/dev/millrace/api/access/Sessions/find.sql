-- One session that has not ended, of a user who is not disabled.
SELECT s.id, s.user_name, u.role, s.last_seen_at < clock_timestamp() - interval '1 minute' AS unseen_for_a_minute
  FROM millrace.sessions s
  JOIN millrace.users u ON u.name = s.user_name
 WHERE s.token_hash = :tokenHash AND u.disabled_at IS NULL AND s.expires_at > clock_timestamp()
   AND s.last_seen_at > clock_timestamp() - :idleSeconds * interval '1 second'
