-- Jobs that go back to the queue with their attempts not spent, all at once, or end if they are to be cancelled; a stale claim changes
-- nothing. What came of each attempt is read from the row before it is changed. Answers with the states.
WITH given AS MATERIALIZED (
  SELECT id, fence, worker_id FROM unnest(:ids::bigint[], :fences::bigint[], :workerIds::text[]) AS claim (id, fence, worker_id)
), noted AS (
  INSERT INTO millrace.job_attempts (job_id, fence, attempt, worker_id, started_at, outcome, error)
  SELECT j.id, j.fence, j.attempt, j.worker_id, j.started_at, 'handed_back', :error
    FROM given
    JOIN millrace.jobs j ON j.id = given.id
   WHERE j.fence = given.fence AND j.worker_id = given.worker_id AND CASE j.state WHEN 'processing' THEN true ELSE false END
)
UPDATE millrace.jobs j
   SET state = CASE WHEN cancel_requested_at IS NULL THEN 'queued' WHEN children_left > 0 THEN 'waiting' ELSE 'cancelled' END,
       finished_at = CASE WHEN cancel_requested_at IS NOT NULL AND children_left = 0 THEN clock_timestamp() END,
       run_at = clock_timestamp(),
       attempt = attempt - 1,
       error = CASE WHEN cancel_requested_at IS NOT NULL THEN coalesce(:error, 'cancelled on request') ELSE :error END
  FROM given
 WHERE j.id = given.id AND j.fence = given.fence AND j.worker_id = given.worker_id
   AND CASE j.state WHEN 'processing' THEN true ELSE false END
RETURNING j.id, j.state
