-- One row while the fence is the newest; it stays so until this transaction ends. Should its process be frozen now, before the
-- commit, Postgres ends the transaction: nobody could take the job from it otherwise.
SELECT set_config('idle_in_transaction_session_timeout', '10s', true)
  FROM millrace.jobs WHERE id = ? AND fence = ? AND state = 'processing' FOR SHARE
