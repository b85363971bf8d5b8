-- One attempt that ends its job in a final state, or none when the claim is stale. While children are unfinished, those of before and the
-- new ones, the job waits for them first; one that is to be cancelled gets no new ones. A job that failed keeps what its handler had
-- written as its result. Answers whether the job has finished.
UPDATE millrace.jobs
   SET state = CASE WHEN children_left + :children > 0 THEN 'waiting'
                    WHEN :state = 'completed' AND children_failed > 0 AND coalesce(:onChildFailure, on_child_failure) = 'fail' THEN 'failed'
                    ELSE :state END,
       end_state = CASE WHEN :state IN ('failed', 'cancelled') THEN :state END,
       finished_at = CASE WHEN children_left + :children > 0 THEN NULL ELSE clock_timestamp() END,
       error = CASE WHEN children_left + :children = 0 AND :state = 'completed' AND children_failed > 0
                         AND coalesce(:onChildFailure, on_child_failure) = 'fail'
                    THEN children_failed || ' of its children did not complete' ELSE :error END,
       result = coalesce(:result::jsonb, result),
       children_left = children_left + :children,
       children_total = children_total + :children,
       on_child_failure = coalesce(:onChildFailure, on_child_failure)
 WHERE id = :id AND fence = :fence AND worker_id = :workerId AND state = 'processing'
   AND (:state <> 'waiting' OR cancel_requested_at IS NULL)
RETURNING finished_at IS NOT NULL
