-- One session that has not been written for a minute.
UPDATE millrace.sessions SET last_seen_at = clock_timestamp()
 WHERE id = :id AND last_seen_at < clock_timestamp() - interval '1 minute'
