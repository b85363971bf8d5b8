-- What is paused, oldest first.
SELECT queue, kind, paused_by, reason, paused_at FROM millrace.pauses ORDER BY paused_at, queue, kind
