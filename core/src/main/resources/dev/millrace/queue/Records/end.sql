-- One attempt that ends its job in a final state, or that leaves it waiting for its children unless somebody wants it cancelled; none
-- when the fence is stale. A job that failed keeps what its handler had written as its result.
UPDATE millrace.jobs
   SET state = :state, finished_at = CASE WHEN :state = 'waiting' THEN NULL ELSE clock_timestamp() END,
       error = :error, result = coalesce(:result::jsonb, result), children_left = :children
 WHERE id = :id AND fence = :fence AND state = 'processing' AND (:state <> 'waiting' OR cancel_requested_at IS NULL)
