-- One row at most: what the schema public has under a name.
SELECT c.relkind::text AS kind, c.relowner::regrole::text AS owner, pg_has_role(c.relowner, 'USAGE') AS ours,
       c.relrowsecurity AND c.relforcerowsecurity
         AND NOT (SELECT r.rolbypassrls OR r.rolsuper FROM pg_roles r WHERE r.rolname = current_user) AS forced
  FROM pg_class c
 WHERE c.relnamespace = 'public'::regnamespace AND c.relname = :name
