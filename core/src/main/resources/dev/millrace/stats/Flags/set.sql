-- One row, new or changed.
INSERT INTO millrace.flags AS f (flag, enabled, reason, changed_by)
VALUES (:flag, :enabled, :reason, :by)
ON CONFLICT (flag) DO UPDATE
   SET enabled = excluded.enabled, reason = excluded.reason, changed_by = excluded.changed_by, changed_at = clock_timestamp()
