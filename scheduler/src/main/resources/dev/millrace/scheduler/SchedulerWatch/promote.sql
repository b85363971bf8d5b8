-- Deliveries of alerts that have become due: at most 100 rows.
UPDATE millrace.jobs
   SET state = 'queued'
 WHERE id IN (SELECT id FROM millrace.jobs
               WHERE state = 'scheduled' AND run_at <= clock_timestamp() AND kind = 'alert.deliver'
               ORDER BY run_at
               LIMIT 100
                 FOR NO KEY UPDATE SKIP LOCKED)
RETURNING id
