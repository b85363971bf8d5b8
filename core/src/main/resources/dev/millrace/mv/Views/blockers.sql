-- Sessions by process id, the oldest transaction first.
SELECT pid, usename AS user, application_name AS application, state,
       extract(epoch FROM clock_timestamp() - xact_start) AS age_seconds, left(query, 500) AS query
  FROM pg_stat_activity
 WHERE pid = ANY (:pids)
 ORDER BY xact_start
