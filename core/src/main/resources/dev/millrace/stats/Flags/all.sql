-- What admins have said; at most four rows.
SELECT flag, enabled, reason, changed_by, changed_at FROM millrace.flags
