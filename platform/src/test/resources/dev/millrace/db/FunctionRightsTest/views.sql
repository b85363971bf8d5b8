-- One row for each view that roles other than its owner are, or are documented to be, given, and that is no barrier.
SELECT c.oid::regclass::text
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname IN ('millrace', 'public') AND c.relkind = 'v'
   AND (n.nspname = 'public'
        OR EXISTS (SELECT FROM pg_catalog.aclexplode(c.relacl) a WHERE a.grantee <> c.relowner))
   AND NOT COALESCE(c.reloptions @> ARRAY['security_barrier=true'], false)
 ORDER BY 1
