-- One key that has not been written for a minute.
UPDATE millrace.api_keys SET last_used_at = clock_timestamp()
 WHERE id = :id AND (last_used_at IS NULL OR last_used_at < clock_timestamp() - interval '1 minute')
