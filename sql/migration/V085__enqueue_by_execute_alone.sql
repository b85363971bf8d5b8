-- millrace.enqueue runs with its owner's rights and is no longer for PUBLIC (R__enqueue.sql). Roles that were given the rights to the table
-- that it needed before may call it as before.
DO $$
DECLARE
  caller text;
BEGIN
  FOR caller IN
    SELECT DISTINCT pg_catalog.format('%I', r.rolname)
      FROM pg_catalog.pg_class c
     CROSS JOIN LATERAL pg_catalog.aclexplode(c.relacl) g
      JOIN pg_catalog.pg_roles r ON r.oid = g.grantee
     WHERE c.oid = 'millrace.jobs'::regclass AND g.privilege_type = 'INSERT' AND g.grantee <> c.relowner
  LOOP
    EXECUTE 'GRANT EXECUTE ON FUNCTION millrace.enqueue TO ' || caller;
  END LOOP;
END $$;
