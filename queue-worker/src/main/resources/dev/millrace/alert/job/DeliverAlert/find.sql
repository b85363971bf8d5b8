-- An alert, and whether the job that delivers its firing has ended: one row, or none.
SELECT a.kind, a.subject, a.message, a.fired_at, a.resolved_at,
       NOT EXISTS (SELECT FROM millrace.jobs j
                    WHERE j.unique_key = :firing AND j.kind = 'alert.deliver' AND j.unique_while = 'unfinished'
                      AND j.state IN ('scheduled', 'queued', 'processing', 'waiting')) AS firing_sent
  FROM millrace.alerts a
 WHERE a.id = :id
