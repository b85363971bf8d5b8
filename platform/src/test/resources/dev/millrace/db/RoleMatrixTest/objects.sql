-- One row for each object of ours and each of the given roles: what the role may do with it, and a statement that only a role with that right
-- may run. What belongs to one watch is shown once, as N. Functions and views of public are ours but for those the test makes.
WITH given AS (
  SELECT role FROM unnest(:roles::text[]) AS role
), ours AS (
  SELECT n.oid AS schema, n.nspname FROM pg_namespace n WHERE n.nspname IN ('millrace', 'public')
), rights (kind, object, schema, role, may, attempt) AS (
  SELECT 'schema', o.nspname::text, o.schema, g.role, concat_ws(',',
           CASE WHEN has_schema_privilege(g.role, o.schema, 'USAGE') THEN 'USAGE' END,
           CASE WHEN has_schema_privilege(g.role, o.schema, 'CREATE') THEN 'CREATE' END),
         format('CREATE TABLE %I.intruder ()', o.nspname)
    FROM ours o CROSS JOIN given g
  UNION ALL
  SELECT 'function', p.oid::regprocedure::text, o.schema, g.role,
         CASE WHEN has_function_privilege(g.role, p.oid, 'EXECUTE') THEN 'EXECUTE' ELSE '' END,
         format(CASE WHEN p.prorettype = 'trigger'::regtype
                     THEN 'CREATE TEMP TABLE intruder (); CREATE TRIGGER t AFTER INSERT ON intruder EXECUTE FUNCTION %I.%I()'
                     ELSE 'SELECT %I.%I(%s)' END, o.nspname, p.proname,
                -- Not a bare NULL, for which a strict function is not even looked at.
                (SELECT string_agg(format('%s(SELECT NULL::%s)', CASE WHEN p.provariadic <> 0 AND t.place = p.pronargs THEN 'VARIADIC ' END,
                                          format_type(t.type, NULL)), ', ' ORDER BY t.place)
                   FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type, place)))
    FROM pg_proc p JOIN ours o ON o.schema = p.pronamespace CROSS JOIN given g
  UNION ALL
  SELECT CASE c.relkind WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view' WHEN 'S' THEN 'sequence' ELSE 'table' END,
         c.oid::regclass::text, o.schema, g.role,
         CASE WHEN c.relkind = 'S'
              THEN (SELECT string_agg(r, ',') FROM unnest('{USAGE,SELECT,UPDATE}'::text[]) AS r WHERE has_sequence_privilege(g.role, c.oid, r))
              ELSE (SELECT string_agg(r, ',') FROM unnest('{SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER}'::text[]) AS r
                     WHERE CASE WHEN r IN ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') THEN has_any_column_privilege(g.role, c.oid, r)
                                ELSE has_table_privilege(g.role, c.oid, r) END) END,
         CASE WHEN c.relkind = 'S' THEN format('SELECT nextval(%L)', format('%I.%I', o.nspname, c.relname))
              ELSE format('SELECT 1 FROM %I.%I', o.nspname, c.relname) END
    FROM pg_class c JOIN ours o ON o.schema = c.relnamespace CROSS JOIN given g
   WHERE c.relkind IN ('r', 'p', 'v', 'm', 'S', 'f')
  UNION ALL
  SELECT 'domain', format_type(t.oid, NULL), o.schema, g.role,
         CASE WHEN has_type_privilege(g.role, t.oid, 'USAGE') THEN 'USAGE' ELSE '' END,
         format('CREATE TEMP TABLE intruder (n %s)', format_type(t.oid, NULL))
    FROM pg_type t JOIN ours o ON o.schema = t.typnamespace CROSS JOIN given g
   WHERE t.typtype = 'd'
)
SELECT kind || ' ' || regexp_replace(object, '^(millrace\.mv_[a-z_]+)_\d+', '\1_N') AS object, role,
       CASE WHEN kind = 'schema' OR has_schema_privilege(role, schema, 'USAGE') THEN coalesce(may, '') ELSE '' END AS may, attempt
  FROM rights
 WHERE object NOT IN ('public.watched', 'public.seen')
 ORDER BY 1, 2
