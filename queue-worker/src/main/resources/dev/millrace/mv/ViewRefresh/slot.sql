-- One of the slots for refreshes, held until the transaction ends; none when all are taken.
SELECT slot FROM generate_series(1, :atOnce) AS slot WHERE pg_try_advisory_xact_lock(1836445699, slot) LIMIT 1
