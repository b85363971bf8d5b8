-- One row: how many refreshes wait for the transaction of another, whose server process this is.
SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND wait_event_type = 'Lock' AND wait_event = 'advisory' AND ? = ANY (pg_blocking_pids(pid))
