-- The runs of one background worker below an id, newest first, each with the slot that it is for.
SELECT j.id, j.state, j.trigger, f.fire_time AS slot, j.attempt, j.max_attempts, j.worker_id, j.created_at, j.started_at,
       j.finished_at, left(j.error, 500) AS error
  FROM millrace.jobs j
  LEFT JOIN millrace.fires f ON f.job_id = j.id AND f.outcome = 'enqueued' AND f.schedule = j.background_worker
 WHERE j.background_worker = :workerName AND j.id < :before AND (:state::text IS NULL OR j.state = :state)
 ORDER BY j.id DESC
 LIMIT :most
