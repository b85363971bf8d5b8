-- The sessions of this database that wait for a lock, the longest wait first.
SELECT a.pid, a.usename AS user, a.application_name AS application,
       extract(epoch FROM clock_timestamp() - a.query_start) AS waiting_seconds,
       (SELECT coalesce(millrace.written_relation(l.relation), l.relation::text) FROM pg_locks l
         WHERE l.pid = a.pid AND NOT l.granted AND l.locktype = 'relation' LIMIT 1) AS relation,
       left(a.query, 500) AS query, pg_blocking_pids(a.pid) AS blocked_by
  FROM pg_stat_activity a
 WHERE a.datname = current_database() AND a.wait_event_type = 'Lock' AND cardinality(pg_blocking_pids(a.pid)) > 0
 ORDER BY a.query_start
