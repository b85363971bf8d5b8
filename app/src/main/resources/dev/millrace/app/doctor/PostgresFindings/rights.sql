-- The tables and the schema that the role may not use as a scheduler, a queue worker and the API do: one row a finding.
WITH missing AS (
  SELECT n.nspname, c.relname, string_agg(r.name, ', ' ORDER BY r.name) AS rights
    FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace
   CROSS JOIN (VALUES ('SELECT'), ('INSERT'), ('UPDATE'), ('DELETE')) AS r (name)
   WHERE c.relkind IN ('r', 'p')
     AND (n.nspname = 'millrace' OR (n.nspname = 'public' AND c.relname IN ('background_workers', 'mv_refresh_queue', 'mv_refresh_log')))
     -- the audit and the history of migrations are written by their owner's functions alone
     AND c.relname NOT IN ('audit', 'flyway_schema_history')
     AND NOT has_table_privilege(c.oid, r.name)
   GROUP BY n.nspname, c.relname)
SELECT 'FAIL' AS severity, 'missing_right' AS code, format('role %s may not %s on %I.%I', current_user, rights, nspname, relname) AS message,
       format('GRANT %s ON %I.%I TO %I;', rights, nspname, relname, current_user) AS advice
  FROM missing
UNION ALL
SELECT 'FAIL', 'missing_right', format('role %s may not use the schema millrace', current_user), format('GRANT USAGE ON SCHEMA millrace TO %I;', current_user)
 WHERE NOT has_schema_privilege('millrace', 'USAGE')
