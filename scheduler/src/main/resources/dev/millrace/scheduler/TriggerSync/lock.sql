-- One row: whether this node is the one that mirrors, until its transaction ends; a node that freezes meanwhile loses it.
SELECT pg_try_advisory_xact_lock(hashtextextended('millrace.mirror', 0))
  FROM (SELECT set_config('idle_in_transaction_session_timeout', '60s', true) OFFSET 0) AS bounded
