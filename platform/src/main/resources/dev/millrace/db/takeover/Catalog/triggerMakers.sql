-- The roles besides the owner that may create triggers on a table.
SELECT DISTINCT CASE WHEN acl.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(r.rolname) END
  FROM pg_class c
 CROSS JOIN LATERAL aclexplode(c.relacl) acl
  LEFT JOIN pg_roles r ON r.oid = acl.grantee
 WHERE c.oid = to_regclass(format('public.%I', :name::text)) AND acl.privilege_type = 'TRIGGER' AND acl.grantee <> c.relowner
   AND NOT coalesce(r.rolsuper, false)
 ORDER BY 1
