-- Of the given jobs, those no worker has begun end, with the last of their unfinished children; those at work are asked to stop.
UPDATE millrace.jobs
   SET cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
       finished_at = CASE WHEN state IN ('scheduled', 'queued') AND children_left = 0 THEN clock_timestamp() END,
       error = CASE WHEN state IN ('scheduled', 'queued') THEN 'cancelled before it ran' || coalesce(' again; its last error: ' || error, '') ELSE error END,
       state = CASE WHEN state NOT IN ('scheduled', 'queued') THEN state WHEN children_left > 0 THEN 'waiting' ELSE 'cancelled' END
 WHERE id = ANY (:ids) AND state IN ('scheduled', 'queued', 'processing', 'waiting')
RETURNING id, state
