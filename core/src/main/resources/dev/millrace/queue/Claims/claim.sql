-- The given jobs that are still queued, each under a new fence; one that another transaction has locked is left for a later claim. None
-- when the worker's lease has ended, none of a paused lane, none whose time is over. Jobs under a limit: see claimLimited.
-- Nothing is claimed beside a suspect in its first minute; a suspect only if it is asked for, by a worker that holds nothing. Of a lock
-- key that a suspect has waited for too long, nothing but the suspect.
-- CASE, not AND, so that the planner sees only the primary key: by stale statistics it would read all of jobs_ready.
-- The pauses are searched for each job only if there are any.
UPDATE millrace.jobs
   SET state = 'processing', attempt = attempt + 1, fence = nextval('millrace.fence'), worker_id = ?,
       started_at = clock_timestamp()
 WHERE id = ANY (ARRAY(
         SELECT id
           FROM millrace.jobs j
          WHERE id = ANY (?) AND CASE state WHEN 'queued' THEN attempt < max_attempts AND limit_key IS NULL ELSE false END
            AND (attempt > 0 OR start_by IS NULL OR start_by > clock_timestamp())
            AND (finish_by IS NULL OR finish_by > clock_timestamp())
            AND EXISTS (SELECT 1 FROM millrace.queue_workers w WHERE w.worker_id = ? AND w.lease_until > clock_timestamp())
            AND CASE WHEN EXISTS (SELECT 1 FROM millrace.pauses)
                     THEN NOT EXISTS (SELECT 1 FROM millrace.pauses p WHERE p.queue IN ('*', j.queue) AND p.kind IN ('*', j.kind))
                     ELSE true END
            AND CASE WHEN processes_lost = 0
                     THEN NOT EXISTS (
                       SELECT 1 FROM millrace.jobs s
                        WHERE s.worker_id = ? AND s.finished_at IS NULL AND s.processes_lost > 0
                          AND CASE s.state WHEN 'processing' THEN s.started_at > clock_timestamp() - interval '1 minute' ELSE false END)
                     ELSE ? AND NOT EXISTS (SELECT 1 FROM millrace.jobs held WHERE held.worker_id = ? AND held.state = 'processing') END
            AND CASE WHEN lock_key IS NULL OR processes_lost > 0 THEN true
                     ELSE j.lock_key NOT IN (
                       SELECT s.lock_key FROM millrace.jobs s
                        WHERE s.finished_at IS NULL AND s.processes_lost > 0
                          AND CASE s.state WHEN 'queued' THEN s.lock_key IS NOT NULL AND millrace.suspect_keeps_keys(s.run_at) ELSE false END) END
            FOR NO KEY UPDATE SKIP LOCKED))
RETURNING id, kind, queue, payload, priority, attempt, max_attempts, fence, lock_key, limit_key, background_worker, trigger,
          parent_id IS NOT NULL OR background_worker IS NOT NULL OR callback IS NOT NULL AS family,
          (extract(epoch FROM run_timeout) * 1000)::bigint AS run_timeout,
          (extract(epoch FROM finish_by - started_at) * 1000)::bigint AS until_deadline,
          (date_part('epoch', started_at - greatest(run_at, created_at)) * 1000)::bigint AS waited
