-- One row, new or changed.
INSERT INTO millrace.flags AS f (flag, enabled, reason)
VALUES (:flag, :enabled, :reason)
ON CONFLICT (flag) DO UPDATE SET enabled = excluded.enabled, reason = excluded.reason, changed_at = clock_timestamp()
