-- What fires now: at most 50 rows of a kind.
SELECT kind, subject FROM millrace.alerts WHERE resolved_at IS NULL ORDER BY kind, subject
