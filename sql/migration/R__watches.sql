-- Watching tables: the tables and triggers of a watch, why it would miss a change, and how it is created and dropped.

-- The tables of each watch: the one that was named, its partitions, and those that inherit from it.
CREATE OR REPLACE VIEW millrace.mv_watched_tables AS
WITH RECURSIVE tree (watch_id, method, columns, change_seq, relid, root) AS (
  SELECT w.id, w.method, w.columns, w.change_seq, w.source::oid, true FROM millrace.mv_watches w
  UNION
  SELECT t.watch_id, t.method, t.columns, t.change_seq, i.inhrelid, false FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.relid
)
SELECT t.watch_id, t.method, t.columns, t.change_seq, t.relid, t.root, c.relkind, c.relfilenode, c.relpersistence
  FROM tree t JOIN pg_catalog.pg_class c ON c.oid = t.relid;

-- Why changes of a table would not be seen by its watch; the watches without such a reason have no row.
CREATE OR REPLACE VIEW millrace.mv_watch_faults AS
SELECT w.id AS watch_id, w.view_name, pg_catalog.min(f.fault) AS fault
  FROM millrace.mv_watches w
 CROSS JOIN LATERAL (
    SELECT 'the table is gone'::text AS fault WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = w.source)
    UNION ALL
    SELECT 'its sequence is gone'
     WHERE w.method = 'trigger' AND NOT EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = w.change_seq AND c.relkind = 'S')
    UNION ALL
    SELECT 'track_counts is off' WHERE w.method = 'counter' AND pg_catalog.current_setting('track_counts') = 'off'
    UNION ALL
    SELECT 'track_counts is off for a role or database'
     WHERE w.method = 'counter'
       AND EXISTS (SELECT FROM pg_catalog.pg_db_role_setting s, unnest(s.setconfig) AS line
                    WHERE line ~ '^track_counts=(off|false|no|0)$'
                      AND s.setdatabase IN (0, (SELECT d.oid FROM pg_catalog.pg_database d WHERE d.datname = pg_catalog.current_database())))
    UNION ALL
    SELECT 'the owner of its function may not use its sequence'
      FROM pg_catalog.pg_proc p
     WHERE p.oid = pg_catalog.to_regprocedure(pg_catalog.format('millrace.mv_note_change_%s()', w.id))
       AND EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = w.change_seq AND c.relkind = 'S')
       AND NOT pg_catalog.has_sequence_privilege(p.proowner, w.change_seq, 'USAGE')
  ) f
 GROUP BY w.id, w.view_name
UNION ALL
SELECT t.watch_id, w.view_name,
       pg_catalog.min(CASE
         WHEN t.method = 'counter' THEN pg_catalog.format('%s is a foreign table, whose changes are not counted', t.relid::regclass)
         WHEN s.srrelid IS NOT NULL THEN pg_catalog.format('%s is written by a subscription, whose changes fire no such triggers', t.relid::regclass)
         WHEN t.root THEN 'its triggers are gone or disabled'
         ELSE pg_catalog.format('its triggers on %s are gone or disabled', t.relid::regclass) END)
  FROM millrace.mv_watched_tables t
  JOIN millrace.mv_watches w ON w.id = t.watch_id
  LEFT JOIN pg_catalog.pg_subscription_rel s ON s.srrelid = t.relid
  LEFT JOIN (
    SELECT g.tgrelid, g.tgname, pg_catalog.bit_or(g.tgtype) AS events
      FROM pg_catalog.pg_trigger g
     WHERE g.tgname ~ '^millrace_watch_\d+(_columns|_update)?$' AND g.tgenabled IN ('O', 'A')
     GROUP BY 1, 2) a ON a.tgrelid = t.relid AND a.tgname = 'millrace_watch_' || t.watch_id
  LEFT JOIN (
    SELECT g.tgrelid, pg_catalog.split_part(g.tgname, '_', 3) AS watch, pg_catalog.count(*) AS made
      FROM pg_catalog.pg_trigger g
     WHERE g.tgname ~ '^millrace_watch_\d+_(columns|update)$' AND g.tgenabled IN ('O', 'A')
     GROUP BY 1, 2) b ON b.tgrelid = t.relid AND b.watch = t.watch_id::text
 WHERE (t.method = 'counter' AND t.relkind = 'f')
    OR (t.method = 'trigger'
        AND (s.srrelid IS NOT NULL
             OR a.events IS NULL
             OR a.events & 44 <> 44
             -- 16: each update counts; else one trigger compares and another counts.
             OR a.events & 16 = 0 AND coalesce(b.made, 0) < 2))
 GROUP BY t.watch_id, w.view_name;

-- Why the changes of a watched table would not be noticed; null: they are.
CREATE OR REPLACE FUNCTION millrace.watch_fault(watch millrace.mv_watches) RETURNS text LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT min(f.fault) FROM millrace.mv_watch_faults f WHERE f.watch_id = watch.id
$$;

-- The triggers that a watch wants. events: as pg_trigger.tgtype has them (4 insert, 8 delete, 16 update, 32 truncate).
-- Columns are compared only where no partition is a foreign table: Postgres refuses to collect the changed rows of one.
CREATE OR REPLACE FUNCTION millrace.wanted_triggers(watch_id bigint)
RETURNS TABLE (relid oid, root boolean, name text, events integer, func text, arguments text[]) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  WITH tree AS MATERIALIZED (
    SELECT t.*, w.columns IS NOT NULL AND bool_and(t.relkind <> 'f') OVER () AS selective
      FROM millrace.mv_watched_tables t JOIN millrace.mv_watches w ON w.id = t.watch_id
     WHERE t.watch_id = wanted_triggers.watch_id AND t.method = 'trigger'
  ), columns AS (
    SELECT t.relid, array_agg(pair.value ORDER BY c.place, pair.part) AS arguments
      FROM tree t
     CROSS JOIN LATERAL unnest(t.columns) WITH ORDINALITY AS c (name, place)
      LEFT JOIN pg_attribute a ON a.attrelid = t.relid AND a.attname = c.name::name AND a.attnum > 0 AND NOT a.attisdropped
     CROSS JOIN LATERAL (VALUES (1, coalesce(a.attnum, 0)::text), (2, c.name)) AS pair (part, value)
     GROUP BY t.relid
  )
  SELECT t.relid, t.root, 'millrace_watch_' || watch_id, CASE WHEN t.selective THEN 44 ELSE 60 END,
         format('millrace.mv_note_change_%s', watch_id), '{}'::text[]
    FROM tree t
  UNION ALL
  SELECT t.relid, t.root, format('millrace_watch_%s_columns', watch_id), 16, 'millrace.compare_change',
         ARRAY[watch_id::text, t.relid::text] || c.arguments
    FROM tree t JOIN columns c ON c.relid = t.relid WHERE t.selective
  UNION ALL
  SELECT t.relid, t.root, format('millrace_watch_%s_update', watch_id), 16, format('millrace.mv_note_change_%s', watch_id), '{if_changed}'::text[]
    FROM tree t WHERE t.selective
$$;

-- The triggers of a watch that are not as it wants them, to be made (events is not null) or dropped.
CREATE OR REPLACE FUNCTION millrace.wrong_triggers(watch_id bigint)
RETURNS TABLE (relid oid, root boolean, name text, events integer, func text, arguments text[], exists_as "char") LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(w.relid, g.tgrelid), w.root, coalesce(w.name, g.tgname::text), w.events, w.func, w.arguments, g.tgenabled
    FROM millrace.wanted_triggers(watch_id) w
    FULL JOIN (
      SELECT t.* FROM pg_trigger t
       WHERE t.tgname = ANY (ARRAY[format('millrace_watch_%s', watch_id), format('millrace_watch_%s_columns', watch_id),
                                   format('millrace_watch_%s_update', watch_id)]::name[])
         AND NOT t.tgisinternal) g
      ON g.tgrelid = w.relid AND g.tgname = w.name::name
   WHERE w.name IS NULL OR g.tgname IS NULL OR g.tgenabled NOT IN ('A', 'O') OR g.tgtype <> w.events
      OR g.tgfoid IS DISTINCT FROM to_regprocedure(w.func || '()')
      OR g.tgargs <> coalesce((SELECT string_agg(convert_to(argument, getdatabaseencoding()) || '\x00'::bytea, ''::bytea ORDER BY place)
                                 FROM unnest(w.arguments) WITH ORDINALITY AS given (argument, place)), ''::bytea)
$$;

-- The sessions whose lock of a table a change of its triggers has to wait for, as text, the oldest transaction first.
CREATE OR REPLACE FUNCTION millrace.lock_holders(relation oid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT coalesce(string_agg(who, '; '), 'a session that has ended since')
    FROM (
      SELECT CASE WHEN l.pid IS NULL THEN 'a prepared transaction'
                  ELSE format('pid %s (user %s, application %s, since %s)', l.pid, coalesce(a.usename, '?'), coalesce(nullif(a.application_name, ''), '?'),
                              coalesce(to_char(a.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '?')) END AS who
        FROM pg_locks l
        LEFT JOIN pg_stat_activity a ON a.pid = l.pid
       WHERE l.locktype = 'relation' AND l.relation = lock_holders.relation AND l.granted AND l.pid IS DISTINCT FROM pg_backend_pid()
         AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
       GROUP BY l.pid, a.usename, a.application_name, a.xact_start
       ORDER BY a.xact_start NULLS LAST
       LIMIT 3) holders
$$;

-- Changes the triggers of a table. It waits for the table for a second at most, or for the caller's lock_timeout where that is shorter,
-- because readers and writers queue behind it; three tries, and then 55P03 with the sessions that hold the table.
CREATE OR REPLACE FUNCTION millrace.change_table(relation oid, VARIADIC statements text[]) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  patience CONSTANT text := current_setting('lock_timeout');
  own CONSTANT bigint := (SELECT s.setting::bigint FROM pg_settings s WHERE s.name = 'lock_timeout');
  short CONSTANT boolean := own BETWEEN 1 AND 999;
  line text;
BEGIN
  FOR attempt IN 1 .. CASE WHEN short THEN 1 ELSE 3 END LOOP
    BEGIN
      IF NOT short THEN
        PERFORM set_config('lock_timeout', '1s', true);
      END IF;
      FOREACH line IN ARRAY statements LOOP
        EXECUTE line;
      END LOOP;
      PERFORM set_config('lock_timeout', patience, true);
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      IF attempt = 3 OR short THEN
        RAISE EXCEPTION 'source: % is locked by %', relation::regclass, millrace.lock_holders(relation) USING ERRCODE = '55P03',
          HINT = 'try again when that session has ended its transaction';
      END IF;
      PERFORM pg_sleep(0.2);
    END;
  END LOOP;
END $$;

-- Makes the triggers of a watch as it wants them; those that are so already are not touched. roots: also those of the table that was named.
CREATE OR REPLACE FUNCTION millrace.make_triggers(watch_id bigint, roots boolean) RETURNS integer LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  wrong record;
  made integer := 0;
BEGIN
  FOR wrong IN
    SELECT t.*, millrace.written_relation(t.relid) AS table_name,
           (SELECT string_agg(quote_literal(argument), ', ' ORDER BY place) FROM unnest(t.arguments) WITH ORDINALITY AS given (argument, place)) AS given,
           pg_has_role((SELECT c.relowner FROM pg_class c WHERE c.oid = t.relid), 'USAGE') AS owned
      FROM millrace.wrong_triggers(watch_id) t
     WHERE roots OR t.root IS NOT TRUE
     ORDER BY t.relid, t.events IS NULL, t.name
  LOOP
    made := made + 1;
    IF wrong.events IS NULL THEN
      PERFORM millrace.change_table(wrong.relid, format('DROP TRIGGER %I ON %s', wrong.name, wrong.table_name));
      CONTINUE;
    END IF;
    PERFORM millrace.change_table(wrong.relid, VARIADIC array_remove(ARRAY[
      format('CREATE OR REPLACE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION %s(%s)', wrong.name,
             CASE wrong.events WHEN 60 THEN 'INSERT OR UPDATE OR DELETE OR TRUNCATE' WHEN 44 THEN 'INSERT OR DELETE OR TRUNCATE' ELSE 'UPDATE' END,
             wrong.table_name,
             CASE WHEN wrong.func = 'millrace.compare_change' THEN 'REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows' END,
             wrong.func, wrong.given),
      -- They fire whatever session_replication_role says. Only an owner may say so.
      CASE WHEN wrong.owned THEN format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I', wrong.table_name, wrong.name) END], NULL));
  END LOOP;
  RETURN made;
END $$;

CREATE OR REPLACE FUNCTION millrace.drop_triggers(watch_id bigint) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT t.tgrelid, array_agg(format('DROP TRIGGER %I ON %s', t.tgname, millrace.written_relation(t.tgrelid))) AS statements
      FROM pg_trigger t
      JOIN pg_proc p ON p.oid = t.tgfoid AND p.pronamespace = 'millrace'::regnamespace
     WHERE t.tgname = ANY (ARRAY[format('millrace_watch_%s', watch_id), format('millrace_watch_%s_columns', watch_id),
                                 format('millrace_watch_%s_update', watch_id)]::name[])
       AND NOT t.tgisinternal
     GROUP BY t.tgrelid
     ORDER BY t.tgrelid
  LOOP
    PERFORM millrace.change_table(made.tgrelid, VARIADIC made.statements);
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION millrace.drop_watch(watch_id bigint) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM millrace.drop_triggers(watch_id);
  DELETE FROM millrace.mv_watches w WHERE w.id = watch_id;
END $$;

-- The numbers of columns, in the order of their names.
CREATE OR REPLACE FUNCTION millrace.column_numbers(relation oid, columns text[]) RETURNS int2[] LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT array_agg(coalesce(a.attnum, 0::int2) ORDER BY c.place)
    FROM unnest(columns) WITH ORDINALITY AS c (name, place)
    LEFT JOIN pg_attribute a ON a.attrelid = relation AND a.attname = c.name::name AND a.attnum > 0 AND NOT a.attisdropped
$$;

-- As watch, for a table and a registered name. What is so already is not touched.
CREATE OR REPLACE FUNCTION millrace.watch_table(target oid, name text, columns text[], method text) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  table_name text := millrace.written_relation(target);
  missing text;
  had millrace.mv_watches;
  watch_id bigint;
  made integer := 0;
BEGIN
  IF method NOT IN ('trigger', 'counter') THEN
    RAISE EXCEPTION 'method: must be trigger or counter, was %', method USING ERRCODE = '22023';
  END IF;
  IF columns IS NOT NULL AND method = 'counter' THEN
    RAISE EXCEPTION 'columns: the counter method cannot tell columns apart' USING ERRCODE = '22023';
  END IF;
  SELECT string_agg(wanted.name, ', ') INTO missing
    FROM unnest(columns) AS wanted (name)
   WHERE NOT EXISTS (SELECT FROM pg_attribute a
                      WHERE a.attrelid = target AND a.attname = wanted.name::name AND a.attnum > 0 AND NOT a.attisdropped);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'columns: % has no column %', table_name, missing USING ERRCODE = '42703';
  END IF;
  IF columns IS NOT NULL AND NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = target AND i.indisprimary) THEN
    RAISE EXCEPTION 'columns: % has no primary key, so rows before and after cannot be told apart', table_name USING ERRCODE = '22023';
  END IF;
  IF EXISTS (SELECT FROM pg_class c WHERE c.oid = target AND c.relpersistence = 't') THEN
    RAISE EXCEPTION 'source: % is a temporary table, which only its session sees', table_name USING ERRCODE = '22023';
  END IF;

  SELECT w.* INTO had FROM millrace.mv_watches w WHERE w.source = target AND w.view_name = name FOR NO KEY UPDATE;
  IF had.id IS NULL THEN
    INSERT INTO millrace.mv_watches (source, view_name, method, columns, attnums, source_name, mark)
    VALUES (target, name, method, columns, millrace.column_numbers(target, columns), table_name,
            CASE WHEN method = 'counter' THEN millrace.change_mark(target) END)
    RETURNING id INTO watch_id;
  ELSE
    watch_id := had.id;
    IF had.method <> method OR had.columns IS DISTINCT FROM columns THEN
      made := 1;
      UPDATE millrace.mv_watches w
         SET method = watch_table.method, columns = watch_table.columns, attnums = millrace.column_numbers(target, watch_table.columns),
             source_name = table_name, writers = '{}', change_seq = CASE WHEN watch_table.method = had.method THEN w.change_seq END,
             mark = CASE WHEN watch_table.method = had.method THEN w.mark WHEN watch_table.method = 'counter' THEN millrace.change_mark(target) END
       WHERE w.id = watch_id;
    ELSIF millrace.watch_fault(had) IS NOT NULL THEN
      made := 1;
    END IF;
  END IF;
  IF method = 'trigger' THEN
    PERFORM millrace.create_change_seq(watch_id);
  END IF;
  made := made + millrace.make_triggers(watch_id, true);
  missing := millrace.watch_fault((SELECT w FROM millrace.mv_watches w WHERE w.id = watch_id));
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'method: % cannot be watched by %: %', table_name, method, missing USING ERRCODE = '22023';
  END IF;
  IF had.id IS NULL OR made > 0 THEN
    INSERT INTO millrace.mv_requests (view_name, at_once) VALUES (name, true);
  END IF;
END $$;

-- Has the changes of a table ask for a view, from now on; the view is asked for once, because what changed before is not known.
-- columns: an update that leaves all of them as they are asks for nothing; the table needs a primary key then.
-- method: 'trigger', or 'counter' for tables that must not have triggers.
-- Called again it changes the watch; what is so already is not touched, and no lock of the table is taken for it. Answers with the
-- registered name of the view.
CREATE OR REPLACE FUNCTION millrace.watch(source text, view text, columns text[] DEFAULT NULL, method text DEFAULT 'trigger')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  target oid := millrace.relation_oid(source, 'rpf');
  name text := millrace.known_view(view);
BEGIN
  IF target IS NULL THEN
    RAISE EXCEPTION 'source: there is no table %', source USING ERRCODE = '42P01';
  END IF;
  name := COALESCE(name, millrace.register_view(view));
  PERFORM millrace.watch_table(target, name, columns, method);
  RETURN name;
END $$;

-- Ends a watch. False: there was none.
CREATE OR REPLACE FUNCTION millrace.unwatch(source text, view text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  target oid := millrace.relation_oid(source, 'rpf');
  name text := millrace.known_view(view);
  watch_id bigint;
BEGIN
  SELECT w.id INTO watch_id FROM millrace.mv_watches w
   WHERE w.view_name = name AND (w.source::oid = target OR target IS NULL AND w.source_name = unwatch.source);
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM millrace.drop_watch(watch_id);
  RETURN true;
END $$;

REVOKE ALL ON FUNCTION millrace.watch_fault, millrace.wanted_triggers, millrace.wrong_triggers, millrace.lock_holders,
  millrace.change_table, millrace.make_triggers, millrace.drop_triggers,
  millrace.drop_watch, millrace.column_numbers, millrace.watch_table, millrace.watch, millrace.unwatch FROM PUBLIC;
