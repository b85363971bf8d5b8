-- One key that is neither revoked nor expired.
SELECT secret_hash, name, role, scopes, kinds, queues,
       last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute' AS unused_for_a_minute
  FROM millrace.api_keys
 WHERE id = :id AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > clock_timestamp())
