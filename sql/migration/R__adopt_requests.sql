-- Gives requests under other spellings the registered name, and registers views that were asked for and that nobody registered.
-- What names no view stays as it is, and is shown. A request that another session holds (a refresh that takes it, for as long as it
-- runs) is left: it is taken, or adopted later.
CREATE OR REPLACE FUNCTION millrace.adopt_requests() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  known text;
BEGIN
  FOR asked IN
    SELECT s.view_name FROM (SELECT DISTINCT view_name FROM millrace.mv_requests) s
     WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = s.view_name)
  LOOP
    known := millrace.known_view(asked.view_name);
    IF known IS NOT NULL THEN
      UPDATE millrace.mv_requests r SET view_name = known
        FROM (SELECT id FROM millrace.mv_requests WHERE view_name = asked.view_name FOR UPDATE SKIP LOCKED) free
       WHERE r.id = free.id;
    ELSIF millrace.view_oid(asked.view_name) IS NOT NULL AND length(asked.view_name) <= 150 THEN
      INSERT INTO millrace.mv_views (view_name, origin) VALUES (asked.view_name, 'seen') ON CONFLICT DO NOTHING;
      PERFORM millrace.resolve_views(true);
    END IF;
  END LOOP;
END $$;
