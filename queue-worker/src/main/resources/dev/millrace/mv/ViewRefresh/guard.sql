-- Waits for the other refreshes of this view, up to lock_timeout; held until the transaction ends.
SELECT 1 FROM (SELECT pg_advisory_xact_lock(('x6d760000'::bit(32)::bigint << 32) | :oid)) AS held
