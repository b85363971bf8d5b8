-- The moment of the snapshot, and which transactions it sees.
SELECT clock_timestamp() AS now, pg_current_snapshot()::text AS sees
