-- One job under a limit, into a slot of its limit key that is free; none when all are taken.
WITH free AS (
  SELECT slot::smallint AS slot
    FROM millrace.jobs j
   CROSS JOIN LATERAL generate_series(1, j.limit_max) AS slot
   WHERE j.id = ?
     AND NOT EXISTS (
       SELECT 1 FROM millrace.jobs p WHERE p.state = 'processing' AND p.limit_key = j.limit_key AND p.limit_slot = slot)
   ORDER BY random()
   LIMIT 1
), claimed AS (
  UPDATE millrace.jobs j
     SET state = 'processing', attempt = attempt + 1, fence = nextval('millrace.fence'), worker_id = ?,
         started_at = clock_timestamp(), limit_slot = free.slot
    FROM free
   WHERE id = ? AND state = 'queued' AND attempt < max_attempts
     AND (attempt > 0 OR start_by IS NULL OR start_by > clock_timestamp())
     AND (finish_by IS NULL OR finish_by > clock_timestamp())
     AND EXISTS (SELECT 1 FROM millrace.queue_workers w WHERE w.worker_id = ? AND w.lease_until > clock_timestamp())
     AND CASE WHEN EXISTS (SELECT 1 FROM millrace.pauses)
              THEN NOT EXISTS (SELECT 1 FROM millrace.pauses p WHERE p.queue IN ('*', j.queue) AND p.kind IN ('*', j.kind))
              ELSE true END
  RETURNING id, kind, queue, payload, priority, attempt, max_attempts, fence, lock_key, limit_key, background_worker, trigger,
            started_at, run_timeout, finish_by,
            parent_id IS NOT NULL OR background_worker IS NOT NULL OR callback IS NOT NULL AS family
), shown AS (
  UPDATE public.background_workers b
     SET last_started_at = c.started_at, last_status = 'running', last_error_message = NULL
    FROM claimed c
   WHERE b.worker_name = c.background_worker
)
SELECT id, kind, queue, payload, priority, attempt, max_attempts, fence, lock_key, limit_key, background_worker, trigger, family,
       (extract(epoch FROM least(run_timeout, finish_by - started_at)) * 1000)::bigint AS time_limit
  FROM claimed
