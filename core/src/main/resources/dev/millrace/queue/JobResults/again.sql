-- One attempt after which the job goes back to be run again, or ends if it is to be cancelled, with the last of its unfinished
-- children; none when the claim is stale. One that snoozes has begun in time, though its attempt is not spent. The attempt was ended by its
-- process, which has vanished, by its handler, or by its worker.
UPDATE millrace.jobs
   SET state = CASE WHEN cancel_requested_at IS NOT NULL AND children_left > 0 THEN 'waiting'
                    WHEN cancel_requested_at IS NOT NULL THEN 'cancelled'
                    WHEN :delayMillis > 0 THEN 'scheduled' ELSE 'queued' END,
       finished_at = CASE WHEN cancel_requested_at IS NOT NULL AND children_left = 0 THEN clock_timestamp() END,
       run_at = clock_timestamp() + :delayMillis * interval '1 millisecond',
       start_by = CASE WHEN NOT :begun THEN start_by END,
       attempt = attempt - CASE WHEN :spent THEN 0 ELSE 1 END,
       processes_lost = CASE WHEN :vanished THEN processes_lost + 1 WHEN :ran THEN 0 ELSE processes_lost END,
       error = CASE WHEN cancel_requested_at IS NOT NULL THEN coalesce(:error, 'cancelled on request') ELSE :error END
 WHERE id = :id AND fence = :fence AND worker_id = :workerId AND state = 'processing'
RETURNING state
