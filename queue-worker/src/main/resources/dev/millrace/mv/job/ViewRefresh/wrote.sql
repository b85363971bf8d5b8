-- One row, after a refresh: the moment, what this session has written into the view (see takeRequests), how many rows the view has, and
-- whether this server counts what is written. The rows are null, because readers wait for the end of a plain refresh, where the difference
-- of two looks at the former tells.
SELECT clock_timestamp() AS at, pg_stat_get_xact_tuples_inserted(?::oid) AS inserted, pg_stat_get_xact_tuples_deleted(?::oid) AS deleted,
       CASE WHEN ? OR pg_stat_get_xact_tuples_inserted(?::oid) = ? THEN %s END AS rows,
       current_setting('track_counts')::boolean AS counted
