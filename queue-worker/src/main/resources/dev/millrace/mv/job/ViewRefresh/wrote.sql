-- One row, after a refresh: the time, the rows that this session has written into the view (see takeRequests), how many rows the view
-- has, and whether this server counts written rows. The number of rows is null after a plain refresh, because readers wait for its end;
-- the difference of the counters gives it.
SELECT clock_timestamp() AS at, pg_stat_get_xact_tuples_inserted(?::oid) AS inserted, pg_stat_get_xact_tuples_deleted(?::oid) AS deleted,
       CASE WHEN ? OR pg_stat_get_xact_tuples_inserted(?::oid) = ? THEN %s END AS rows,
       current_setting('track_counts')::boolean AS counted
