-- One attempt that completes its job in the transaction of its work: one row, or none when the fence is stale. Should its process be
-- frozen now, before the commit, Postgres ends the transaction. CASE, not AND: see complete.
UPDATE millrace.jobs
   SET state = 'completed', finished_at = clock_timestamp(), error = NULL, result = ?::jsonb
 WHERE id = ? AND fence = ? AND CASE state WHEN 'processing' THEN true ELSE false END
RETURNING set_config('idle_in_transaction_session_timeout', '10s', true)
