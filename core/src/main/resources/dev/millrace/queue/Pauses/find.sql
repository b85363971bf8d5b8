-- The pause of a queue and kind, or none.
SELECT queue, kind, paused_by, reason, paused_at FROM millrace.pauses WHERE queue = :queue AND kind = :kind
