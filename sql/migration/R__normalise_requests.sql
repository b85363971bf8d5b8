-- Gives requests under other spellings the registered name, and registers views that were asked for without having been registered. What names
-- no view is moved to mv_unknown_requests. A call resolves at most 200 names, those asked for first; the others wait for the next call, so
-- that what it costs does not grow with what others ask for. A request that another session has locked, such as a refresh that is deleting
-- it, is left for the next time.
CREATE OR REPLACE FUNCTION millrace.normalise_requests() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  known text;
  spelled text[] := '{}';
  meant text[] := '{}';
  unknown text[] := '{}';
BEGIN
  FOR asked IN
    SELECT r.view_name FROM millrace.mv_requests r
     WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = r.view_name)
     GROUP BY r.view_name ORDER BY pg_catalog.min(r.refresh_requested_at) LIMIT 200
  LOOP
    known := millrace.known_view(asked.view_name);
    IF known IS NOT NULL THEN
      spelled := pg_catalog.array_append(spelled, asked.view_name);
      meant := pg_catalog.array_append(meant, known);
    ELSIF millrace.view_oid(asked.view_name) IS NULL THEN
      unknown := pg_catalog.array_append(unknown, asked.view_name);
    ELSIF pg_catalog.length(asked.view_name) <= 150 THEN
      BEGIN
        INSERT INTO millrace.mv_views (view_name, origin) VALUES (asked.view_name, 'seen') ON CONFLICT DO NOTHING;
        PERFORM millrace.resolve_views(true);
      EXCEPTION WHEN lock_not_available THEN
        RAISE LOG 'millrace: % is being registered by another session; its requests are adopted later', asked.view_name;
      END;
    END IF;
  END LOOP;
  IF spelled <> '{}'::text[] THEN
    WITH free AS MATERIALIZED (SELECT q.ctid AS place FROM millrace.mv_requests q WHERE q.view_name = ANY (spelled) FOR UPDATE SKIP LOCKED)
    UPDATE millrace.mv_requests r SET view_name = meant[pg_catalog.array_position(spelled, r.view_name)]
     WHERE r.ctid = ANY (ARRAY(SELECT f.place FROM free f));
  END IF;
  IF unknown <> '{}'::text[] THEN
    WITH free AS MATERIALIZED (
      SELECT q.ctid AS place FROM millrace.mv_requests q WHERE q.view_name = ANY (unknown) FOR UPDATE SKIP LOCKED
    ), moved AS (
      DELETE FROM millrace.mv_requests r WHERE r.ctid = ANY (ARRAY(SELECT f.place FROM free f))
      RETURNING r.view_name, r.refresh_requested_at
    )
    INSERT INTO millrace.mv_unknown_requests AS u (view_name, last_asked_at)
    SELECT pg_catalog."left"(m.view_name, 300), pg_catalog.max(m.refresh_requested_at) FROM moved m GROUP BY 1
        ON CONFLICT (view_name) DO UPDATE SET last_asked_at = excluded.last_asked_at;
  END IF;
END $$;

-- Asks for those unknown names that name a view by now, and forgets them; and forgets what was not asked for in the last seven days, and
-- all but the 200 names that were asked for last.
CREATE OR REPLACE FUNCTION millrace.find_unknown_requests() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM millrace.mv_unknown_requests u
   WHERE u.last_asked_at < pg_catalog.clock_timestamp() - interval '7 days'
      OR u.view_name NOT IN (SELECT k.view_name FROM millrace.mv_unknown_requests k ORDER BY k.last_asked_at DESC, k.view_name LIMIT 200);
  WITH found AS (
    DELETE FROM millrace.mv_unknown_requests u
     WHERE millrace.known_view(u.view_name) IS NOT NULL OR millrace.view_oid(u.view_name) IS NOT NULL
    RETURNING u.view_name, u.last_asked_at
  )
  INSERT INTO millrace.mv_requests (view_name, refresh_requested_at) SELECT f.view_name, f.last_asked_at FROM found f;
END $$;

REVOKE ALL ON FUNCTION millrace.normalise_requests(), millrace.find_unknown_requests() FROM PUBLIC;
