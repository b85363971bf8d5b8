-- Waits for the other refreshes of this view; held until the transaction ends.
SELECT 1 FROM (SELECT pg_advisory_xact_lock((1836445698::bigint << 32) | ?) OFFSET 0) AS held
