-- Roles for the logins of others: GRANT millrace_readonly TO a_login. Where we may not create roles, an administrator does, and the next
-- `millrace migrate` gives them their rights.
DO $$
DECLARE
  new_role text;
BEGIN
  FOREACH new_role IN ARRAY '{millrace_readonly,millrace_enqueue}'::text[] LOOP
    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = new_role) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', new_role);
      EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
        RAISE NOTICE 'the role % was not created: %', new_role, SQLERRM;
      END;
    END IF;
  END LOOP;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace_readonly') THEN
    GRANT SELECT ON public.background_job_status TO millrace_readonly;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace_enqueue') THEN
    GRANT USAGE ON SCHEMA millrace TO millrace_enqueue;
    GRANT EXECUTE ON FUNCTION millrace.enqueue TO millrace_enqueue;
  END IF;
END $$;
