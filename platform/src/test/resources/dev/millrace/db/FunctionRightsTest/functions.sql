-- One row for each function of ours.
SELECT DISTINCT
       pg_catalog.regexp_replace(p.oid::regprocedure::text, '^(millrace\.mv_note_change)_\d+', '\1_N') AS signature,
       CASE WHEN p.prosecdef THEN 'owner' ELSE 'caller' END AS rights,
       CASE WHEN 'search_path=pg_catalog, pg_temp' = ANY (p.proconfig) THEN 'fixed'
            WHEN p.proconfig::text LIKE '%search_path%' THEN 'another'
            ELSE 'of the caller' END AS path,
       CASE WHEN p.proacl IS NULL
              OR EXISTS (SELECT FROM pg_catalog.aclexplode(p.proacl) a WHERE a.grantee = 0)
            THEN 'everybody' ELSE 'named roles' END AS callers
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE n.nspname IN ('millrace', 'public')
 ORDER BY 1
