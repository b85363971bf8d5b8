-- Functions of users without arguments whose body speaks of refreshing, at most 1,000, with what names them under the present search path.
SELECT p.oid::bigint AS oid,
       CASE WHEN pg_catalog.pg_function_is_visible(p.oid) THEN pg_catalog.format('%I()', p.proname)
            ELSE pg_catalog.format('%I.%I()', n.nspname, p.proname) END AS name,
       p.proname AS plain_name, p.prosrc AS body, p.proowner::regrole::text AS owner,
       pg_catalog.pg_has_role(p.proowner, current_user, 'MEMBER') AS ours,
       (SELECT pg_catalog.substr(setting, pg_catalog.length('search_path=') + 1) FROM pg_catalog.unnest(p.proconfig) AS s (setting)
         WHERE setting LIKE 'search_path=%') AS path
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  JOIN pg_catalog.pg_language l ON l.oid = p.prolang
 WHERE p.prokind = 'f' AND p.pronargs = 0 AND l.lanname IN ('sql', 'plpgsql')
   AND p.prorettype NOT IN ('pg_catalog.trigger'::regtype, 'pg_catalog.event_trigger'::regtype)
   AND p.prosrc ~* 'refresh'
   AND n.nspname NOT IN ('information_schema', 'millrace') AND n.nspname !~ '^pg_'
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                    WHERE d.classid = 'pg_catalog.pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
 ORDER BY p.oid
 LIMIT 1000
