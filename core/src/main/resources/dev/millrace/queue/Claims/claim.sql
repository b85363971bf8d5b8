-- The given jobs that are still queued, each under a new fence. None when the worker's lease has ended.
WITH claimed AS (
  UPDATE millrace.jobs
     SET state = 'processing', attempt = attempt + 1, fence = nextval('millrace.fence'), worker_id = ?,
         started_at = clock_timestamp()
   WHERE id = ANY (?) AND state = 'queued' AND attempt < max_attempts
     AND EXISTS (SELECT 1 FROM millrace.queue_workers w WHERE w.worker_id = ? AND w.lease_until > clock_timestamp())
  RETURNING id, kind, queue, payload, priority, attempt, max_attempts, fence, lock_key, parent_id, background_worker, trigger, started_at
), shown AS (
  UPDATE public.background_workers b
     SET last_started_at = c.started_at, last_status = 'running', last_error_message = NULL
    FROM claimed c
   WHERE b.worker_name = c.background_worker
)
SELECT id, kind, queue, payload, priority, attempt, max_attempts, fence, lock_key, parent_id, background_worker, trigger FROM claimed
