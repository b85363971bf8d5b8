-- One row; an existing pause keeps its user and reason. None when the maximum number of pauses exists.
INSERT INTO millrace.pauses (queue, kind, paused_by, reason)
SELECT :queue, :kind, :pausedBy, :reason
 WHERE (SELECT count(*) FROM millrace.pauses) < :most
ON CONFLICT (queue, kind) DO NOTHING
