-- One attempt that completes its job in the transaction of its work: one row, or none when the claim is stale. A job with unfinished
-- children waits for them. Should its process be frozen now, before the commit, Postgres ends the transaction. CASE, not AND: see complete.
UPDATE millrace.jobs
   SET state = CASE WHEN children_left > 0 THEN 'waiting'
                    WHEN children_failed > 0 AND on_child_failure = 'fail' THEN 'failed'
                    ELSE 'completed' END,
       finished_at = CASE WHEN children_left > 0 THEN NULL ELSE pg_catalog.clock_timestamp() END,
       error = CASE WHEN children_left = 0 AND children_failed > 0 AND on_child_failure = 'fail'
                    THEN children_failed::text || ' of its children did not complete'::text END,
       result = ?::jsonb
 WHERE id = ? AND fence = ? AND worker_id = ? AND CASE state WHEN 'processing' THEN true ELSE false END
RETURNING pg_catalog.set_config('idle_in_transaction_session_timeout', '10s', true)
