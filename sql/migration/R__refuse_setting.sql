-- Refuses a setting, and names it, its value and what is allowed.
CREATE OR REPLACE FUNCTION millrace.refuse_setting(wrong boolean, field text, value text, allowed text) RETURNS void LANGUAGE plpgsql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF wrong THEN
    RAISE EXCEPTION '%: must be %, was %', field, allowed, value USING ERRCODE = '22023';
  END IF;
END $$;

REVOKE ALL ON FUNCTION millrace.refuse_setting FROM PUBLIC;
