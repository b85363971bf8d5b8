-- A process whose lease has ended lives on as another worker: its jobs did not kill it, whether they are taken back already or not yet.
WITH ended AS (
  UPDATE millrace.queue_workers SET state = 'stopped' WHERE worker_id = ?
  RETURNING worker_id
)
UPDATE millrace.jobs j
   SET processes_lost = j.processes_lost - 1
  FROM ended
 WHERE j.worker_id = ended.worker_id AND j.finished_at IS NULL AND j.processes_lost > 0 AND j.state IN ('scheduled', 'queued')
   AND EXISTS (SELECT 1 FROM millrace.job_attempts a WHERE a.job_id = j.id AND a.fence = j.fence AND a.outcome = 'lost')
