-- One row; who paused first, and why, stays. None when there are as many as there may be.
INSERT INTO millrace.pauses (queue, kind, paused_by, reason)
SELECT :queue, :kind, :pausedBy, :reason
 WHERE (SELECT count(*) FROM millrace.pauses) < :most
ON CONFLICT (queue, kind) DO NOTHING
