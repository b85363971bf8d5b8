-- One row at most: the other sessions that hold the view, or that block reading what it reads, the oldest first.
SELECT jsonb_agg(pg_catalog.jsonb_build_object(
         'pid', b.pid, 'user', b.usename, 'application', b.application_name, 'state', b.state, 'query', left(b.query, 500),
         'age_seconds', round(extract(epoch FROM clock_timestamp() - b.xact_start)::numeric, 1)) ORDER BY b.xact_start)::text
  FROM pg_stat_activity b
 WHERE b.pid <> pg_backend_pid()
   AND b.pid IN (
     SELECT l.pid FROM pg_locks l
      WHERE l.granted AND l.locktype = 'relation'
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND (l.relation = :oid::oid
             OR l.mode = 'AccessExclusiveLock' AND l.relation IN (SELECT r.relid FROM millrace.reads(:oid::oid) r)))
HAVING count(*) > 0
