-- The newest 1,000 sessions that have not ended, of one user or of all.
SELECT s.id::text AS id, s.user_name, s.created_at, s.last_seen_at, s.expires_at, s.address, s.agent
  FROM millrace.sessions s
  JOIN millrace.users u ON u.name = s.user_name
 WHERE u.disabled_at IS NULL AND s.expires_at > clock_timestamp()
   AND s.last_seen_at > clock_timestamp() - :idleSeconds * interval '1 second'
   AND (:user::text IS NULL OR s.user_name = :user::text)
 ORDER BY s.id DESC
 LIMIT 1000
