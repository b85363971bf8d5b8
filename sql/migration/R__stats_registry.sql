-- Registering the functions of groups.

-- The registered name of a function of a group under any spelling; null: it is not registered.
CREATE OR REPLACE FUNCTION millrace.known_stats_function(function_name text, group_name text) RETURNS text LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
  RETURN (
    SELECT f.function_name
      FROM millrace.stats_functions f
     WHERE f.group_name = $2
       AND (f.function_name = pg_catalog.regexp_replace($1, '\(\)$', '')
            OR millrace.function_now(f.function_name, f.registered_as, f.known_as, f.funcid) = millrace.function_oid($1))
     ORDER BY f.function_name = pg_catalog.regexp_replace($1, '\(\)$', '') DESC
     LIMIT 1);
END $$;

-- Registers a function without arguments, and its group; called again it changes what is given and keeps the rest.
-- Answers with the registered name.
CREATE OR REPLACE FUNCTION millrace.register_stats_function(
  function_name text, cache_tags text[] DEFAULT NULL, time_limit interval DEFAULT NULL, enabled boolean DEFAULT NULL,
  group_name    text DEFAULT 'stats'
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  given ALIAS FOR $1;
  known text := millrace.known_stats_function(given, $5);
  func oid := COALESCE(
    (SELECT millrace.function_now(f.function_name, f.registered_as, f.known_as, f.funcid) FROM millrace.stats_functions f
      WHERE f.group_name = $5 AND f.function_name = known),
    millrace.function_oid(given));
BEGIN
  IF func IS NULL THEN
    RAISE EXCEPTION 'function_name: there is no function %() without arguments', pg_catalog.regexp_replace(given, '\(\)$', '')
      USING ERRCODE = '42883', HINT = 'create it first, or write its schema before its name';
  END IF;
  INSERT INTO millrace.stats_groups (group_name) VALUES ($5) ON CONFLICT DO NOTHING;
  INSERT INTO millrace.stats_functions AS f (group_name, function_name, cache_tags, time_limit, enabled, place, funcid, known_as, registered_as)
  VALUES ($5, COALESCE(known, pg_catalog.regexp_replace(given, '\(\)$', '')), COALESCE($2, '{}'), COALESCE($3, interval '5 minutes'),
          COALESCE($4, true), (SELECT COALESCE(pg_catalog.max(place), 0) + 1 FROM millrace.stats_functions WHERE group_name = $5),
          func, millrace.written_function(func), millrace.written_function(func))
      ON CONFLICT (group_name, function_name) DO UPDATE
     SET cache_tags = COALESCE($2, f.cache_tags), time_limit = COALESCE($3, f.time_limit), enabled = COALESCE($4, f.enabled),
         funcid = func, known_as = millrace.written_function(func), registered_as = COALESCE(f.registered_as, millrace.written_function(func))
  RETURNING function_name INTO known;
  RETURN known;
END $$;

-- Forgets a function of a group under any spelling. False: it was not registered.
CREATE OR REPLACE FUNCTION millrace.unregister_stats_function(function_name text, group_name text DEFAULT 'stats') RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  RETURN millrace.forget_stats_function(millrace.known_stats_function($1, $2), $2);
END $$;

-- The same by its registered name.
CREATE OR REPLACE FUNCTION millrace.forget_stats_function(known text, group_name text) RETURNS boolean LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM millrace.stats_functions f WHERE f.group_name = $2 AND f.function_name = known;
  RETURN FOUND;
END $$;

REVOKE ALL ON FUNCTION millrace.known_stats_function, millrace.register_stats_function, millrace.unregister_stats_function,
  millrace.forget_stats_function FROM PUBLIC;
