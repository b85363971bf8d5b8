-- What is wrong with the server, whatever the schema: one row a finding.
SELECT 'FAIL' AS severity, 'old_postgres' AS code, 'Postgres is ' || current_setting('server_version') || ', and ' || :oldest / 10000 || ' or newer is needed' AS message,
       'upgrade it' AS advice
 WHERE current_setting('server_version_num')::integer < :oldest
UNION ALL
SELECT 'WARN', 'few_connections', format('%s of the %s connections that Postgres gives to others than superusers are open', open.number, most.number),
       'raise max_connections, or run fewer processes: docs/operations.md has how many each opens'
  FROM (SELECT count(*) AS number FROM pg_stat_activity WHERE backend_type = 'client backend') open,
       (SELECT current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint AS number) most
 WHERE open.number * 100 >= most.number * :connections
UNION ALL
SELECT 'WARN', 'wraparound', format('the oldest row of database %s that is not frozen is %s transactions old; Postgres stops at 2 billion', datname, age(datfrozenxid)),
       'find what keeps VACUUM from it: old transactions, prepared transactions, replication slots'
  FROM pg_database
 WHERE datname = current_database() AND age(datfrozenxid) >= :age
UNION ALL
SELECT 'WARN', 'no_autovacuum', 'autovacuum is off: the tables of jobs grow and slow down', 'ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();'
 WHERE NOT current_setting('autovacuum')::boolean
