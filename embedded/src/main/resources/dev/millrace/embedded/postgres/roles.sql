-- Rows: none of ours. Guard: run alone in single-user mode, before the server answers anybody; may be run again.
-- The superuser serves to set this up and nothing else; the account that Millrace works with owns its database and no more.
DO $$
BEGIN
  -- earlier releases called the superuser of initdb millrace; a session cannot rename the role it began with
  IF (SELECT rolname FROM pg_catalog.pg_roles WHERE oid = 10) = 'millrace' THEN
    CREATE ROLE millrace_rename SUPERUSER;
    SET SESSION AUTHORIZATION millrace_rename;
    ALTER ROLE millrace RENAME TO millrace_admin;
    SET SESSION AUTHORIZATION millrace_admin;
    DROP ROLE millrace_rename;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace') THEN
    CREATE ROLE millrace;
  END IF;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace_readonly') THEN
    CREATE ROLE millrace_readonly NOLOGIN;
  END IF;
  -- to pass it on, and to see what other sessions are at: who holds a lock, and for how long
  GRANT millrace_readonly TO millrace WITH ADMIN OPTION;
  GRANT pg_read_all_stats TO millrace;
END $$;

ALTER ROLE millrace LOGIN {attributes} PASSWORD '{millrace}';

ALTER ROLE millrace_admin LOGIN SUPERUSER PASSWORD '{admin}';

{database};

