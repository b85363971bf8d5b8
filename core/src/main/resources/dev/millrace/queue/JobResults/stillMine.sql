-- One row while the claim is the newest; it stays so until this transaction ends. Should its process be frozen now, before the
-- commit, Postgres ends the transaction: the job could not be taken from it otherwise.
SELECT pg_catalog.set_config('idle_in_transaction_session_timeout', '10s', true)
  FROM millrace.jobs WHERE id = ? AND fence = ? AND worker_id = ? AND state = 'processing' FOR SHARE
