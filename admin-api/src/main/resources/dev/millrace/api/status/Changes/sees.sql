-- Which transactions have ended, those of the caller's command among them.
SELECT pg_current_snapshot()::text
