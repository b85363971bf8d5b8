-- Alerts that were resolved long ago; never one whose message a job still has to deliver.
DELETE FROM millrace.alerts
 WHERE id IN (
   SELECT id FROM millrace.alerts a
    WHERE resolved_at < clock_timestamp() - :keepSeconds * interval '1 second'
      AND NOT EXISTS (SELECT FROM millrace.jobs j
                       WHERE j.unique_key = ANY (ARRAY['alert:' || a.id || ':firing', 'alert:' || a.id || ':resolved']) AND j.finished_at IS NULL)
    ORDER BY resolved_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
