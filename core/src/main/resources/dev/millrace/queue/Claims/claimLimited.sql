-- Those of the given jobs that are queued under a limit: for each limit key as many as it has free slots, lowest rank first, each under a
-- new fence; the guards are those of claim, and CASE stands where it does there, for the same reason. Two claims that choose the same slot
-- meet in one_processing_per_limit_slot.
WITH slots AS MATERIALIZED (
  SELECT asked.limit_key, slot, row_number() OVER (PARTITION BY asked.limit_key ORDER BY random()) AS place
    FROM (SELECT limit_key, max(limit_max)::integer AS most
            FROM millrace.jobs
           WHERE id = ANY (?) AND CASE state WHEN 'queued' THEN limit_key IS NOT NULL ELSE false END
           GROUP BY limit_key) asked
   CROSS JOIN LATERAL generate_series(1, asked.most) AS slot
   WHERE (SELECT p.id FROM millrace.jobs p WHERE p.state = 'processing' AND p.limit_key = asked.limit_key AND p.limit_slot = slot) IS NULL
), chosen AS MATERIALIZED (
  SELECT job.id, job.limit_key, job.limit_max, row_number() OVER (PARTITION BY job.limit_key ORDER BY job.rank) AS place
    FROM (SELECT limit_key, count(*) AS free FROM slots GROUP BY limit_key) open
   CROSS JOIN LATERAL (
     SELECT id, rank, limit_key, limit_max
       FROM millrace.jobs j
      WHERE id = ANY (?) AND CASE state WHEN 'queued' THEN limit_key = open.limit_key AND attempt < max_attempts ELSE false END
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
        AND CASE WHEN processes_lost > 0 THEN true
                 ELSE j.limit_key NOT IN (
                   SELECT s.limit_key FROM millrace.jobs s
                    WHERE s.finished_at IS NULL AND s.processes_lost > 0
                      AND CASE s.state WHEN 'queued' THEN s.limit_key IS NOT NULL AND millrace.suspect_keeps_keys(s.run_at) ELSE false END) END
        AND CASE WHEN lock_key IS NULL OR processes_lost > 0 THEN true
                 ELSE j.lock_key NOT IN (
                   SELECT s.lock_key FROM millrace.jobs s
                    WHERE s.finished_at IS NULL AND s.processes_lost > 0
                      AND CASE s.state WHEN 'queued' THEN s.lock_key IS NOT NULL AND millrace.suspect_keeps_keys(s.run_at) ELSE false END) END
      ORDER BY rank
      LIMIT open.free
        FOR NO KEY UPDATE SKIP LOCKED) job
)
UPDATE millrace.jobs j
   SET state = 'processing', attempt = j.attempt + 1, fence = nextval('millrace.fence'), worker_id = ?,
       started_at = clock_timestamp(), limit_slot = slots.slot::smallint
  FROM chosen
  JOIN slots ON slots.limit_key = chosen.limit_key AND slots.place = chosen.place
 WHERE j.id = ANY (ARRAY(SELECT c.id FROM chosen c)) AND j.id = chosen.id AND slots.slot <= chosen.limit_max
RETURNING j.id, kind, queue, payload, priority, attempt, max_attempts, fence, lock_key, j.limit_key, background_worker, trigger,
          parent_id IS NOT NULL OR background_worker IS NOT NULL OR callback IS NOT NULL AS family,
          (extract(epoch FROM run_timeout) * 1000)::bigint AS run_timeout,
          (extract(epoch FROM finish_by - started_at) * 1000)::bigint AS until_deadline,
          (date_part('epoch', started_at - greatest(run_at, created_at)) * 1000)::bigint AS waited
