-- Alerts that fire and are over: one row for each that no other process has resolved.
UPDATE millrace.alerts a
   SET resolved_at = clock_timestamp()
  FROM unnest(:kinds, :subjects) AS over (kind, subject)
 WHERE a.kind = over.kind AND a.subject = over.subject AND a.resolved_at IS NULL
RETURNING a.id, a.kind, a.subject
