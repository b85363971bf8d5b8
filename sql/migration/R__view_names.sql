-- Names of tables, views and functions, as users write them, and what they were given to.

-- The search path under which names that users wrote are read: the session's own; in a session of Millrace, whose path is fixed, the one
-- that it was opened with.
CREATE OR REPLACE FUNCTION millrace.names_path() RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  kept text := pg_catalog.current_setting('millrace.names_path', true);
BEGIN
  RETURN CASE WHEN pg_catalog.length(kept) > 0 THEN kept ELSE pg_catalog.current_setting('search_path') END;
END $$;

-- The relation of a name among those of some kinds ('r', 'p', …): as FROM would read it under a search path, or else letter for letter.
-- Null: there is none, or several match. Only the name is resolved under that path.
CREATE OR REPLACE FUNCTION millrace.relation_under(path text, name text, kinds text) RETURNS oid LANGUAGE plpgsql STABLE STRICT
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found oid;
  every oid[];
BEGIN
  PERFORM pg_catalog.set_config('search_path', path, true);
  BEGIN
    found := pg_catalog.to_regclass(name)::oid;
  EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported OR name_too_long THEN
    found := NULL;
  END;
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = found AND pg_catalog.strpos(kinds, c.relkind::text) > 0) THEN
    SELECT pg_catalog.array_agg(c.oid) INTO every
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE pg_catalog.strpos(kinds, c.relkind::text) > 0
       AND (c.relname = name AND pg_catalog.pg_table_is_visible(c.oid) OR n.nspname::text || '.'::text || c.relname::text = name);
    found := CASE WHEN pg_catalog.cardinality(every) = 1 THEN every[1] END;
  END IF;
  RETURN found;
END $$;

CREATE OR REPLACE FUNCTION millrace.relation_oid(name text, kinds text) RETURNS oid LANGUAGE sql STABLE STRICT AS $$
  SELECT millrace.relation_under(millrace.names_path(), name, kinds)
$$;

CREATE OR REPLACE FUNCTION millrace.view_oid(name text) RETURNS oid LANGUAGE sql STABLE STRICT AS $$
  SELECT millrace.relation_oid(name, 'm')
$$;

-- The function without arguments of a name, with or without its brackets; null: there is none.
CREATE OR REPLACE FUNCTION millrace.function_under(path text, name text) RETURNS oid LANGUAGE plpgsql STABLE STRICT
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found oid;
BEGIN
  PERFORM pg_catalog.set_config('search_path', path, true);
  BEGIN
    found := pg_catalog.to_regprocedure(CASE WHEN name LIKE '%()'::text THEN name ELSE name || '()'::text END)::oid;
  EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported OR invalid_text_representation OR undefined_function THEN
    found := NULL;
  END;
  RETURN (SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.oid = found AND p.prokind = 'f'::"char" AND p.pronargs = 0);
END $$;

CREATE OR REPLACE FUNCTION millrace.function_oid(name text) RETURNS oid LANGUAGE sql STABLE STRICT AS $$
  SELECT millrace.function_under(millrace.names_path(), name)
$$;

-- Schema and name of a relation, quoted: what FROM reads under any search path.
CREATE OR REPLACE FUNCTION millrace.written_relation(relation oid) RETURNS text LANGUAGE sql STABLE STRICT
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = relation
$$;

CREATE OR REPLACE FUNCTION millrace.written_function(func oid) RETURNS text LANGUAGE sql STABLE STRICT
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%I.%I', n.nspname, p.proname) FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE p.oid = func
$$;

-- This server and database, as mv_home names them.
CREATE OR REPLACE FUNCTION millrace.this_database() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('%s/%s', (pg_control_system()).system_identifier, d.oid) FROM pg_database d WHERE d.datname = current_database()
$$;

-- The function that a name was given to: the one that bears the name now that the registered one bore when it was registered, or when it was
-- last seen, since a function may have been created again or exchanged by renaming; else the registered one, which has been renamed; else, where
-- nothing has ever been found, the one of the name as it was written.
CREATE OR REPLACE FUNCTION millrace.function_now(name text, registered_as text, known_as text, funcid oid) RETURNS oid
LANGUAGE sql STABLE AS $$
  SELECT COALESCE(
           millrace.function_oid(registered_as), millrace.function_oid(known_as),
           (SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.oid = funcid AND p.prokind = 'f'::"char" AND p.pronargs = 0),
           CASE WHEN known_as IS NULL THEN millrace.function_oid(name) END)
$$;

-- The same for a view.
CREATE OR REPLACE FUNCTION millrace.view_now(name text, registered_as text, known_as text, relid oid) RETURNS oid LANGUAGE sql STABLE AS $$
  SELECT COALESCE(
           millrace.view_oid(registered_as), millrace.view_oid(known_as),
           (SELECT c.oid FROM pg_catalog.pg_class c WHERE c.oid = relid AND c.relkind = 'm'::"char"),
           millrace.view_oid(name))
$$;

-- The registered name of a view or function under any spelling of its name; null: it is not registered.
CREATE OR REPLACE FUNCTION millrace.known_view(name text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  known text;
  target oid;
BEGIN
  SELECT v.view_name INTO known FROM millrace.mv_views v WHERE v.view_name = name;
  IF FOUND THEN
    RETURN known;
  END IF;
  target := millrace.view_oid(name);
  IF target IS NOT NULL THEN
    SELECT v.view_name INTO known FROM millrace.mv_views v
     WHERE v.relid = target AND millrace.view_now(v.view_name, v.registered_as, v.known_as, v.relid) = target
     ORDER BY v.view_name LIMIT 1;
  ELSE
    target := millrace.function_oid(name);
    SELECT v.view_name INTO known FROM millrace.mv_views v
     WHERE target IS NOT NULL AND v.mode = 'function'::text AND millrace.function_now(v.view_name, v.registered_as, v.known_as, v.funcid) = target
     ORDER BY v.view_name LIMIT 1;
  END IF;
  RETURN known;
END $$;

-- The materialized view of a registered name or of any other; null: there is none.
CREATE OR REPLACE FUNCTION millrace.view_of(name text) RETURNS oid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  target oid;
BEGIN
  SELECT millrace.view_now(v.view_name, v.registered_as, v.known_as, v.relid) INTO target FROM millrace.mv_views v
   WHERE v.view_name = name AND v.mode <> 'function'::text;
  RETURN CASE WHEN FOUND THEN target ELSE millrace.view_oid(name) END;
END $$;

-- The function of a registered name or of any other; null: there is none.
CREATE OR REPLACE FUNCTION millrace.function_of(name text) RETURNS oid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  target oid;
BEGIN
  SELECT millrace.function_now(v.view_name, v.registered_as, v.known_as, v.funcid) INTO target FROM millrace.mv_views v
   WHERE v.view_name = name AND v.mode = 'function'::text;
  RETURN CASE WHEN FOUND THEN target ELSE millrace.function_oid(name) END;
END $$;

-- Resolves names again: of those views whose relation does not bear its name any more, or of all when the edges are derived again,
-- which they also are when a name has changed its relation. Rows that another session has locked are left for the next time.
CREATE OR REPLACE FUNCTION millrace.resolve_views(edges boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  here text := millrace.this_database();
BEGIN
  IF NOT EXISTS (SELECT FROM millrace.mv_home h WHERE h.database = here) THEN
    -- A restored database: what the numbers meant is elsewhere.
    UPDATE millrace.mv_views SET relid = NULL, funcid = NULL;
    UPDATE millrace.mv_watches SET attnums = NULL;
    DELETE FROM millrace.mv_adopted;
    UPDATE millrace.stats_functions SET funcid = NULL;
    DELETE FROM millrace.mv_home;
    INSERT INTO millrace.mv_home (database) VALUES (here);
  END IF;
  WITH old AS MATERIALIZED (
    SELECT f.group_name, f.function_name, f.funcid, f.known_as,
           millrace.function_now(f.function_name, f.registered_as, f.known_as, f.funcid) AS now
      FROM millrace.stats_functions f FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE millrace.stats_functions f
     SET funcid = old.now, known_as = millrace.written_function(old.now),
         registered_as = COALESCE(f.registered_as, millrace.written_function(old.now))
    FROM old
   WHERE f.group_name = old.group_name AND f.function_name = old.function_name AND old.now IS NOT NULL
     AND (old.funcid IS DISTINCT FROM old.now OR old.known_as IS DISTINCT FROM millrace.written_function(old.now));
  WITH old AS MATERIALIZED (
    SELECT v.view_name, v.relid, v.funcid, v.registered_as, v.known_as, v.mode FROM millrace.mv_views v
     WHERE edges OR v.mode = 'function'::text OR v.known_as IS NULL OR v.known_as IS DISTINCT FROM millrace.written_relation(v.relid)
       FOR NO KEY UPDATE SKIP LOCKED
  ), now AS MATERIALIZED (
    SELECT o.view_name,
           CASE WHEN o.mode <> 'function'::text THEN millrace.view_now(o.view_name, o.registered_as, o.known_as, o.relid) END AS relid,
           CASE WHEN o.mode = 'function'::text THEN millrace.function_now(o.view_name, o.registered_as, o.known_as, o.funcid) END AS funcid
      FROM old o
  ), named AS (
    SELECT now.*, COALESCE(millrace.written_relation(now.relid), millrace.written_function(now.funcid)) AS known_as FROM now
  )
  UPDATE millrace.mv_views v
     SET relid = named.relid, funcid = COALESCE(named.funcid, v.funcid), known_as = COALESCE(named.known_as, v.known_as),
         registered_as = COALESCE(v.registered_as, named.known_as)
    FROM named
   WHERE v.view_name = named.view_name
     AND (v.relid IS DISTINCT FROM named.relid OR v.funcid IS DISTINCT FROM COALESCE(named.funcid, v.funcid)
          OR v.known_as IS DISTINCT FROM COALESCE(named.known_as, v.known_as));
  IF NOT FOUND AND NOT edges THEN
    RETURN;
  END IF;
  WITH held AS MATERIALIZED (
    SELECT v.view_name, v.relid FROM millrace.mv_views v FOR KEY SHARE SKIP LOCKED
  ), derived AS MATERIALIZED (
    SELECT up.view_name AS upstream, v.view_name AS downstream, pg_catalog.min(r.distance) AS distance
      FROM held v
     CROSS JOIN LATERAL millrace.reads(v.relid) r JOIN held up ON up.relid = r.relid
     WHERE r.kind = 'm'::"char"
     GROUP BY 1, 2
  ), ended AS MATERIALIZED (
    SELECT e.upstream, e.downstream FROM millrace.mv_edges e
     WHERE NOT EXISTS (SELECT FROM derived d WHERE d.upstream = e.upstream AND d.downstream = e.downstream)
       AND EXISTS (SELECT FROM held h WHERE h.view_name = e.upstream) AND EXISTS (SELECT FROM held h WHERE h.view_name = e.downstream)
       FOR UPDATE SKIP LOCKED
  ), gone AS (
    DELETE FROM millrace.mv_edges e USING ended WHERE e.upstream = ended.upstream AND e.downstream = ended.downstream
  ), moved AS (
    SELECT e.upstream, e.downstream, d.distance FROM millrace.mv_edges e
      JOIN derived d ON d.upstream = e.upstream AND d.downstream = e.downstream AND d.distance <> e.distance
       FOR NO KEY UPDATE OF e SKIP LOCKED
  ), changed AS (
    UPDATE millrace.mv_edges e SET distance = moved.distance
      FROM moved WHERE e.upstream = moved.upstream AND e.downstream = moved.downstream
  )
  INSERT INTO millrace.mv_edges AS e (upstream, downstream, distance)
  SELECT d.upstream, d.downstream, d.distance FROM derived d
   WHERE NOT EXISTS (SELECT FROM millrace.mv_edges e WHERE e.upstream = d.upstream AND e.downstream = d.downstream) ON CONFLICT DO NOTHING;
END $$;

REVOKE ALL ON FUNCTION millrace.names_path, millrace.relation_under, millrace.relation_oid, millrace.view_oid, millrace.function_under,
  millrace.function_oid, millrace.written_relation, millrace.written_function, millrace.this_database, millrace.function_now,
  millrace.view_now, millrace.known_view, millrace.view_of, millrace.function_of, millrace.resolve_views FROM PUBLIC;
