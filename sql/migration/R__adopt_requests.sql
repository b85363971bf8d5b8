-- Gives requests under other spellings the registered name, and registers views that were asked for and that nobody registered.
-- What names no view stays as it is, and is shown. A request that another session has locked, such as a refresh that is deleting it, is left
-- for the next time.
CREATE OR REPLACE FUNCTION millrace.adopt_requests() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  known text;
BEGIN
  FOR asked IN
    SELECT s.view_name FROM (SELECT DISTINCT r.view_name FROM millrace.mv_requests r) s
     WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = s.view_name)
  LOOP
    known := millrace.known_view(asked.view_name);
    IF known IS NOT NULL THEN
      UPDATE millrace.mv_requests r SET view_name = known
       WHERE r.ctid = ANY (ARRAY(SELECT q.ctid FROM millrace.mv_requests q WHERE q.view_name = asked.view_name FOR UPDATE SKIP LOCKED));
    ELSIF millrace.view_oid(asked.view_name) IS NOT NULL AND pg_catalog.length(asked.view_name) <= 150 THEN
      BEGIN
        INSERT INTO millrace.mv_views (view_name, origin) VALUES (asked.view_name, 'seen') ON CONFLICT DO NOTHING;
        PERFORM millrace.resolve_views(true);
      EXCEPTION WHEN lock_not_available THEN
        RAISE LOG 'millrace: % is being registered by another session; its requests are adopted later', asked.view_name;
      END;
    END IF;
  END LOOP;
END $$;
