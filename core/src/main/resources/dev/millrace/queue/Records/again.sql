-- One attempt after which the job goes back to be run again; none when the fence is stale.
UPDATE millrace.jobs
   SET state = CASE WHEN :delayMillis > 0 THEN 'scheduled' ELSE 'queued' END,
       run_at = clock_timestamp() + :delayMillis * interval '1 millisecond',
       attempt = attempt - CASE WHEN :spent THEN 0 ELSE 1 END,
       error = :error
 WHERE id = :id AND fence = :fence AND state = 'processing'
