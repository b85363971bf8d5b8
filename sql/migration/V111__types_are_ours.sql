-- An operator that takes a domain of ours is a better match for our columns than the one of its base type. Nobody else needs these types:
-- arguments are plain.
DO $$
DECLARE
  domain text;
BEGIN
  FOR domain IN
    SELECT pg_catalog.format('%I.%I', n.nspname, t.typname)
      FROM pg_catalog.pg_type t JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
     WHERE n.nspname = 'millrace' AND t.typtype = 'd'
  LOOP
    EXECUTE pg_catalog.format('REVOKE ALL ON DOMAIN %s FROM PUBLIC', domain);
  END LOOP;
END $$;
