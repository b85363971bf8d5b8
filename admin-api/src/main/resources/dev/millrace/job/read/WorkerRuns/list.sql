-- The runs of one background worker below an id, newest first, each with the slot that it is for: those of a state among the :look
-- newest.
SELECT j.id, j.state, j.trigger,
       (SELECT f.fire_time FROM millrace.fires f
         WHERE f.job_id = j.id AND f.outcome = 'enqueued' AND f.schedule = j.background_worker LIMIT 1) AS slot,
       j.attempt, j.max_attempts, j.worker_id, j.created_at, j.started_at, j.finished_at, left(j.error, 500) AS error
  FROM (SELECT * FROM millrace.jobs
         WHERE background_worker = :workerName AND id < :before ORDER BY id DESC LIMIT :look) j
 WHERE :state::text IS NULL OR j.state = :state
 ORDER BY j.id DESC
 LIMIT :most
