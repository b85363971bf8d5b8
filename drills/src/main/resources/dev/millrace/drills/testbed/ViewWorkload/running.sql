-- One row: the server process of a refresh that runs, or 0.
SELECT coalesce(max(pid), 0)::bigint FROM pg_stat_activity
 WHERE datname = current_database() AND state = 'active' AND query LIKE 'REFRESH MATERIALIZED%'
