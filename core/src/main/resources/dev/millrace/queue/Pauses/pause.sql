-- One row; who paused first, and why, stays.
INSERT INTO millrace.pauses (queue, kind, paused_by, reason) VALUES (:queue, :kind, :pausedBy, :reason)
ON CONFLICT (queue, kind) DO NOTHING
