-- Which transactions this one sees.
SELECT pg_current_snapshot()::text
