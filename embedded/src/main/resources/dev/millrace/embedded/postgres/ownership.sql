-- Rows: those of the catalog that name an owner. Guard: what the superuser made after initdb and no extension brought; may be run again.
ALTER SCHEMA public OWNER TO millrace_admin;

REVOKE CREATE ON SCHEMA public FROM PUBLIC;

GRANT USAGE, CREATE ON SCHEMA public TO millrace;

DO $$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT i.type, i.identity
      FROM (SELECT 'pg_catalog.pg_namespace'::regclass AS class, oid FROM pg_catalog.pg_namespace
             WHERE nspowner = 10 AND oid >= 16384
            UNION ALL
            -- what a table brings along, such as the sequence of an identity column, follows it
            SELECT 'pg_catalog.pg_class'::regclass, c.oid FROM pg_catalog.pg_class c
             WHERE c.relowner = 10 AND c.oid >= 16384 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                                WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S'
                                  AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.deptype IN ('a', 'i'))
            UNION ALL
            SELECT 'pg_catalog.pg_type'::regclass, t.oid FROM pg_catalog.pg_type t
             WHERE t.typowner = 10 AND t.oid >= 16384 AND t.typtype IN ('b', 'c', 'd', 'e', 'r')
               AND NOT (t.typelem <> 0 AND t.typlen = -1)
               AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = t.typrelid AND c.relkind <> 'c')
            UNION ALL
            SELECT 'pg_catalog.pg_proc'::regclass, oid FROM pg_catalog.pg_proc WHERE proowner = 10 AND oid >= 16384
            UNION ALL
            SELECT 'pg_catalog.pg_statistic_ext'::regclass, oid FROM pg_catalog.pg_statistic_ext WHERE stxowner = 10
            UNION ALL
            SELECT 'pg_catalog.pg_collation'::regclass, oid FROM pg_catalog.pg_collation WHERE collowner = 10 AND oid >= 16384
            UNION ALL
            SELECT 'pg_catalog.pg_ts_dict'::regclass, oid FROM pg_catalog.pg_ts_dict WHERE dictowner = 10 AND oid >= 16384
            UNION ALL
            SELECT 'pg_catalog.pg_ts_config'::regclass, oid FROM pg_catalog.pg_ts_config WHERE cfgowner = 10 AND oid >= 16384
            UNION ALL
            SELECT 'pg_catalog.pg_publication'::regclass, oid FROM pg_catalog.pg_publication WHERE pubowner = 10
            UNION ALL
            SELECT 'pg_catalog.pg_largeobject'::regclass, oid FROM pg_catalog.pg_largeobject_metadata WHERE lomowner = 10) o
     CROSS JOIN LATERAL pg_catalog.pg_identify_object(o.class, o.oid, 0) i
     WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_depend e WHERE e.classid = o.class AND e.objid = o.oid AND e.deptype = 'e')
  LOOP
    EXECUTE pg_catalog.format('ALTER %s %s OWNER TO millrace',
                              CASE made.type WHEN 'statistics object' THEN 'statistics' WHEN 'composite type' THEN 'type'
                                             ELSE made.type END, made.identity);
  END LOOP;
END $$;

