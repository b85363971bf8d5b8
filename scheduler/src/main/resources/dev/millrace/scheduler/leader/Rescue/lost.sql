-- Of some jobs those whose worker has no lease any more, and whether its process may have died; rows that someone is changing this moment
-- are left for the next step.
-- CASE, not AND, so that the planner sees only the primary key.
SELECT id, kind, attempt, max_attempts, fence, lock_key, worker_id, cancel_requested_at IS NOT NULL AS cancelled,
       processes_lost, (SELECT w.state FROM millrace.queue_workers w WHERE w.worker_id = j.worker_id) IS DISTINCT FROM 'stopped' AS vanished
  FROM millrace.jobs j
 WHERE id = ANY (:ids)
   AND CASE WHEN state = 'processing' THEN NOT EXISTS (
     SELECT 1 FROM millrace.queue_workers w WHERE w.worker_id = j.worker_id AND w.lease_until > clock_timestamp()) ELSE false END
 ORDER BY id
 LIMIT :most
   FOR NO KEY UPDATE SKIP LOCKED
