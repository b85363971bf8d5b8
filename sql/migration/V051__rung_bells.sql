-- A change of a watched table rings a sequence, the bell of its watch, and appends no row: the leader, who looks once a second, does.

-- writers: who had rung the bell at the last look and still held it then (virtual transactions). mark: the bell's value at the last look.
ALTER TABLE millrace.mv_watches ADD COLUMN bell regclass;
ALTER TABLE millrace.mv_watches ADD COLUMN writers text[] NOT NULL DEFAULT '{}';

-- Gives a watch its bell, and the trigger function that rings it. A function of its own, because what is written into it need not be looked
-- up at each change; with our rights, because writers know nothing of this schema; and called stable, so that it needs no snapshot.
CREATE FUNCTION millrace.hang_bell(watch_id bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM millrace.mv_watches WHERE id = watch_id AND bell IS NULL AND method = 'trigger';
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE SEQUENCE millrace.mv_bell_%s', watch_id);
  EXECUTE format('CREATE FUNCTION millrace.mv_ring_%1$s() RETURNS trigger LANGUAGE plpgsql STABLE SECURITY DEFINER AS '
                 '''DECLARE rung bigint; BEGIN rung := pg_catalog.nextval(''''millrace.mv_bell_%1$s''''); RETURN NULL; END''', watch_id);
  UPDATE millrace.mv_watches SET bell = format('millrace.mv_bell_%s', watch_id)::regclass WHERE id = watch_id;
END $$;

-- Takes the bells down whose watches have ended. Not done where a watch ends: that transaction may go on for long, and the leader would
-- wait for it. What a trigger still rings is left.
CREATE FUNCTION millrace.take_bells_down() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
  ended text;
BEGIN
  FOR ended IN
    SELECT substr(c.relname, length('mv_bell_') + 1)
      FROM pg_class c
     WHERE c.relnamespace = 'millrace'::regnamespace AND c.relkind = 'S' AND c.relname ~ '^mv_bell_\d+$'
       AND NOT EXISTS (SELECT FROM millrace.mv_watches w WHERE w.bell = c.oid)
  LOOP
    BEGIN
      EXECUTE format('DROP FUNCTION IF EXISTS millrace.mv_ring_%s()', ended);
      EXECUTE format('DROP SEQUENCE millrace.mv_bell_%s', ended);
    EXCEPTION WHEN lock_not_available OR dependent_objects_still_exist THEN
      NULL;
    END;
  END LOOP;
END $$;

-- Rings the bell of the watch whose trigger this is: for triggers that were made before there were bells.
CREATE OR REPLACE FUNCTION millrace.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  rung bigint;
BEGIN
  rung := pg_catalog.nextval(pg_catalog.to_regclass(pg_catalog.concat('millrace.mv_bell_', pg_catalog.split_part(TG_NAME, '_', 3))));
  RETURN NULL;
END $$;

-- As note_change, when an update has changed one of some columns: the rows before and after, reduced to the primary key and
-- these columns, are compared as wholes.
CREATE OR REPLACE FUNCTION millrace.note_change_of() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fields text;
  changed boolean;
  rung bigint;
BEGIN
  SELECT string_agg(format('%I::text', name), ', ') INTO fields FROM unnest(TG_ARGV[1:]) AS name;
  EXECUTE format('SELECT EXISTS (SELECT %1$s FROM new_rows EXCEPT ALL SELECT %1$s FROM old_rows)', fields) INTO changed;
  IF changed THEN
    rung := nextval(to_regclass(concat('millrace.mv_bell_', split_part(TG_NAME, '_', 3))));
  END IF;
  RETURN NULL;
END $$;

-- Makes the triggers of a watch.
CREATE FUNCTION millrace.make_triggers(watch_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  wanted record;
  fields text;
BEGIN
  SELECT w.*, format('%I.%I', n.nspname, c.relname) AS table_name, 'millrace_watch_' || w.id AS trigger_name INTO wanted
    FROM millrace.mv_watches w
    JOIN pg_catalog.pg_class c ON c.oid = w.source
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE w.id = watch_id;
  EXECUTE format('CREATE TRIGGER %I AFTER INSERT %s OR DELETE OR TRUNCATE ON %s FOR EACH STATEMENT EXECUTE FUNCTION millrace.mv_ring_%s(%L)',
                 wanted.trigger_name, CASE WHEN wanted.columns IS NULL THEN 'OR UPDATE' END, wanted.table_name, wanted.id,
                 wanted.view_name);
  IF wanted.columns IS NOT NULL THEN
    SELECT string_agg(DISTINCT quote_literal(field), ', ') INTO fields
      FROM unnest(wanted.columns || ARRAY(
             SELECT a.attname::text
               FROM pg_catalog.pg_index i
               JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
              WHERE i.indrelid = wanted.source AND i.indisprimary)) AS field;
    EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows '
                   'FOR EACH STATEMENT EXECUTE FUNCTION millrace.note_change_of(%L, %s)',
                   wanted.trigger_name || '_columns', wanted.table_name, wanted.view_name, fields);
  END IF;
END $$;

CREATE FUNCTION millrace.drop_triggers(watch_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT t.tgname, n.nspname, c.relname
      FROM millrace.mv_watches w
      JOIN pg_catalog.pg_trigger t ON t.tgrelid = w.source
       AND t.tgname IN ('millrace_watch_' || w.id, 'millrace_watch_' || w.id || '_columns')
      JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE w.id = watch_id
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %I.%I', made.tgname, made.nspname, made.relname);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION millrace.drop_watch(watch_id bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM millrace.drop_triggers(watch_id);
  DELETE FROM millrace.mv_watches WHERE id = watch_id;
END $$;

-- Has the changes of a table ask for a view, from now on; the view is asked for once, because what changed before is not known.
-- columns: an update that leaves all of them as they are asks for nothing; the table needs a primary key then.
-- method: 'trigger', or 'counter' for tables that must not have triggers.
-- Called again it replaces the watch. Answers with the registered name of the view.
CREATE OR REPLACE FUNCTION millrace.watch(source text, view text, columns text[] DEFAULT NULL, method text DEFAULT 'trigger')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  target oid := millrace.relation_oid(source, 'rpf');
  name text := millrace.known_view(view);
  table_name text;
  missing text;
  watch_id bigint;
BEGIN
  IF target IS NULL THEN
    RAISE EXCEPTION 'source: there is no table %', source USING ERRCODE = '42P01';
  END IF;
  IF method NOT IN ('trigger', 'counter') THEN
    RAISE EXCEPTION 'method: must be trigger or counter, was %', method USING ERRCODE = '22023';
  END IF;
  IF columns IS NOT NULL AND method = 'counter' THEN
    RAISE EXCEPTION 'columns: the counter method cannot tell columns apart' USING ERRCODE = '22023';
  END IF;
  SELECT format('%I.%I', n.nspname, c.relname) INTO table_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
  SELECT string_agg(wanted.name, ', ') INTO missing
    FROM unnest(columns) AS wanted (name)
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                      WHERE a.attrelid = target AND a.attname = wanted.name AND a.attnum > 0 AND NOT a.attisdropped);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'columns: % has no column %', table_name, missing USING ERRCODE = '42703';
  END IF;
  IF columns IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_index i WHERE i.indrelid = target AND i.indisprimary) THEN
    RAISE EXCEPTION 'columns: % has no primary key, so rows before and after cannot be told apart', table_name USING ERRCODE = '22023';
  END IF;

  name := coalesce(name, millrace.register_view(view));
  PERFORM millrace.unwatch(source, name);
  INSERT INTO millrace.mv_watches (source, view_name, method, columns, mark)
  VALUES (target, name, method, columns, CASE WHEN method = 'counter' THEN millrace.change_mark(target) END)
  RETURNING id INTO watch_id;
  IF method = 'trigger' THEN
    PERFORM millrace.hang_bell(watch_id);
    PERFORM millrace.make_triggers(watch_id);
  END IF;
  INSERT INTO millrace.mv_requests (view_name, at_once) VALUES (name, true);
  RETURN name;
END $$;

-- Looks at what counts the changes of each watched table, its bell or its statistics, and asks for the views whose tables have changed.
-- A bell rings before its writer commits, and also when he rolls back; he holds it locked from before he rings until after his commit
-- can be seen. So the bells are read first and then who holds them. Who has rung by then is not among these any more, and the request
-- made now is later than his commit; or he is, is remembered, and the view is asked for again when he is gone.
-- A watch that somebody is ending or making anew is left for the next look.
CREATE OR REPLACE FUNCTION millrace.poll_counters() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
  marks text[];
  bells oid[];
  asked bigint;
BEGIN
  WITH looked AS MATERIALIZED (
    SELECT w.id, w.mark, w.writers, w.bell,
           CASE w.method WHEN 'counter' THEN millrace.change_mark(w.source) ELSE pg_sequence_last_value(c.oid)::text END AS now
      FROM millrace.mv_watches w
      LEFT JOIN pg_catalog.pg_class c ON c.oid = w.bell AND c.relkind = 'S'
  )
  SELECT array_agg(id), array_agg(now), array_agg(bell) FILTER (WHERE bell IS NOT NULL) INTO ids, marks, bells
    FROM looked WHERE mark IS DISTINCT FROM now OR writers <> '{}';
  IF ids IS NULL THEN
    RETURN 0;
  END IF;
  WITH held AS MATERIALIZED (
    SELECT l.relation, array_agg(DISTINCT l.virtualtransaction) AS writers
      FROM pg_catalog.pg_locks l
     WHERE bells IS NOT NULL AND l.relation = ANY (bells) AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.granted
       AND l.database = (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = current_database())
       AND l.pid IS DISTINCT FROM pg_backend_pid()
     GROUP BY l.relation
  ), looked AS MATERIALIZED (
    SELECT w.id, now.mark, coalesce(h.writers, '{}') AS writers,
           w.mark IS DISTINCT FROM now.mark OR NOT w.writers <@ coalesce(h.writers, '{}') AS asks
      FROM unnest(ids, marks) AS now (id, mark)
      JOIN millrace.mv_watches w ON w.id = now.id
      LEFT JOIN held h ON h.relation = w.bell
       FOR NO KEY UPDATE OF w SKIP LOCKED
  ), noted AS (
    UPDATE millrace.mv_watches w SET mark = looked.mark, writers = looked.writers
      FROM looked
     WHERE w.id = looked.id AND (looked.asks OR w.writers <> looked.writers)
    RETURNING w.view_name, looked.asks
  ), asked AS (
    INSERT INTO millrace.mv_requests (view_name) SELECT DISTINCT view_name FROM noted WHERE asks RETURNING 1
  )
  SELECT count(*) INTO asked FROM asked;
  RETURN asked;
END $$;

---- Watches that do not work ----------------------------------------------------------------------------------------------

-- Why the changes of a watched table would not be noticed; null: they are.
CREATE FUNCTION millrace.watch_fault(watch millrace.mv_watches) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT CASE
           WHEN watch.method = 'counter' THEN NULL
           WHEN NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = watch.bell AND c.relkind = 'S') THEN 'its sequence is gone'
           WHEN (SELECT count(*) FROM pg_catalog.pg_trigger t
                  WHERE t.tgrelid = watch.source AND t.tgenabled IN ('O', 'A')
                    AND t.tgname IN ('millrace_watch_' || watch.id, 'millrace_watch_' || watch.id || '_columns'))
                < CASE WHEN watch.columns IS NULL THEN 1 ELSE 2 END THEN 'its triggers are gone or disabled'
         END
$$;

-- Has the changes of a table ask for a view, as watch does, unless they do so already: nothing is locked then.
CREATE OR REPLACE FUNCTION millrace.watch_once(source text, view text, columns text[] DEFAULT NULL, method text DEFAULT 'trigger')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known text := millrace.known_view(view);
BEGIN
  IF EXISTS (SELECT FROM millrace.mv_watches w
              WHERE w.source = millrace.relation_oid(watch_once.source, 'rpf') AND w.view_name = known
                AND w.method = watch_once.method AND w.columns IS NOT DISTINCT FROM watch_once.columns
                AND millrace.watch_fault(w) IS NULL) THEN
    RETURN known;
  END IF;
  RETURN millrace.watch(source, view, columns, method);
END $$;

ALTER FUNCTION millrace.preflight(text) RENAME TO preflight_of_relations;

-- What stands, or will stand, in the way of a view that is to be fresh, with the SQL that would mend it.
CREATE FUNCTION millrace.preflight(view text)
RETURNS TABLE (code text, severity text, message text, mend text) LANGUAGE sql STABLE AS $$
  WITH watched AS (
    SELECT format('%I.%I', n.nspname, c.relname) AS source, millrace.watch_fault(w) AS fault,
           format('SELECT millrace.watch(%L, %L%s);', format('%I.%I', n.nspname, c.relname), w.view_name,
                  ', ' || quote_literal(w.columns) || '::text[]') AS again,
           EXISTS (SELECT FROM pg_catalog.pg_trigger t
                    WHERE t.tgrelid = w.source AND t.tgname = 'millrace_watch_' || w.id AND t.tgfoid = 'millrace.note_change()'::regprocedure) AS old
      FROM millrace.mv_watches w
      JOIN pg_catalog.pg_class c ON c.oid = w.source
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE w.view_name = millrace.known_view(view)
  )
  SELECT code, severity, message, mend FROM millrace.preflight_of_relations(view)
  UNION ALL
  SELECT 'deaf_watch', 'error', format('changes of %s do not ask for %s: of the watch, %s', source, view, fault), again
    FROM watched WHERE fault IS NOT NULL
  UNION ALL
  SELECT 'dear_watch', 'hint', format('the trigger of %s that asks for %s is of an old make and costs writers more', source, view), again
    FROM watched WHERE fault IS NULL AND old
$$;

---- Watches of before -----------------------------------------------------------------------------------------------------

-- They get bells, and their triggers ring these through note_change. Where the table is free at this moment its triggers are made anew;
-- elsewhere that is left to the next millrace.watch.
DO $$
DECLARE
  patience text := current_setting('lock_timeout');
  watched bigint;
BEGIN
  PERFORM millrace.hang_bell(id) FROM millrace.mv_watches WHERE method = 'trigger';
  PERFORM set_config('lock_timeout', '10ms', true);
  FOR watched IN SELECT id FROM millrace.mv_watches WHERE method = 'trigger' ORDER BY id LOOP
    BEGIN
      PERFORM millrace.drop_triggers(watched), millrace.make_triggers(watched);
    EXCEPTION WHEN OTHERS THEN
      RAISE NOTICE 'watch %: its triggers stay as they are: %', watched, SQLERRM;
    END;
  END LOOP;
  PERFORM set_config('lock_timeout', patience, true);
END $$;
