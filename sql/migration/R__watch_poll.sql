-- What the leader polls each second, and what it repairs. No statement here waits for a lock of a user's table.

-- What a table's statistics say, partitions and inheriting tables included, as one text: another text, another state. A statistics reset, a
-- start of the server and a crash count as a change, and so does a new file (TRUNCATE). After the crash of a session the server goes on under
-- its old start time, without its statistics; those of the background writer then say since when. The tables are looked up without a lock.
CREATE OR REPLACE FUNCTION millrace.change_mark(source oid) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE tree (relid) AS (SELECT source UNION SELECT i.inhrelid FROM tree t JOIN pg_inherits i ON i.inhparent = t.relid)
  SELECT concat_ws(' ',
           sum(pg_stat_get_tuples_inserted(c.oid) + pg_stat_get_tuples_updated(c.oid) + pg_stat_get_tuples_deleted(c.oid)),
           string_agg(c.relfilenode::text, ',' ORDER BY c.oid), extract(epoch FROM pg_postmaster_start_time()),
           extract(epoch FROM pg_stat_get_db_stat_reset_time((SELECT d.oid FROM pg_database d WHERE d.datname = current_database()))),
           extract(epoch FROM pg_stat_get_bgwriter_stat_reset_time()))
    FROM tree t JOIN pg_class c ON c.oid = t.relid
   WHERE c.relkind <> 'p'
$$;

-- Reads what counts the changes of each watched table, its change sequence or its statistics, and asks for the views whose tables have
-- changed. A sequence is raised before its writer commits, and also when the writer rolls back; nextval() keeps a RowExclusiveLock on the
-- sequence until after the commit is visible. So the values are read first and the lock holders after them: a writer that is no holder any
-- more committed before the request made now; one that still is a holder is remembered, and the view is asked for again when it has ended.
-- It also asks where the tables or triggers of a watch differ from the last time: a partition that came or went, a table that was
-- rewritten, a trigger that was disabled for a moment.
-- A watch that another session is changing is left for the next time, and so is a sequence that another session has locked.
CREATE OR REPLACE FUNCTION millrace.poll_counters() RETURNS bigint LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  ids bigint[];
  marks text[];
  shapes text[];
  sequences oid[];
  closed oid[] := '{}';
  asked bigint;
BEGIN
  SELECT COALESCE(array_agg(DISTINCT l.relation), '{}') INTO closed
    FROM pg_locks l
   WHERE l.locktype = 'relation' AND l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')
     AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database());
  WITH shaped AS MATERIALIZED (
    SELECT t.watch_id,
           md5(string_agg(concat_ws(' ', t.relid, t.relfilenode, g.triggers,
                                    CASE WHEN t.relpersistence = 'u' THEN pg_stat_get_bgwriter_stat_reset_time() END), ',' ORDER BY t.relid)) AS shape
      FROM millrace.mv_watched_tables t
      LEFT JOIN (
        SELECT g.tgrelid, split_part(g.tgname, '_', 3) AS watch, string_agg(g.xmin::text, ' ' ORDER BY g.tgname) AS triggers
          FROM pg_trigger g WHERE g.tgname ~ '^millrace_watch_\d+' GROUP BY 1, 2) g ON g.tgrelid = t.relid AND g.watch = t.watch_id::text
     WHERE t.method = 'trigger'
     GROUP BY t.watch_id
  ), looked AS MATERIALIZED (
    SELECT w.id, w.mark, w.writers, w.change_seq, w.shape,
           CASE w.method WHEN 'counter' THEN millrace.change_mark(w.source) ELSE pg_sequence_last_value(c.oid)::text END AS now,
           s.shape AS shape_now
      FROM millrace.mv_watches w
      LEFT JOIN pg_class c ON c.oid = w.change_seq AND c.relkind = 'S'
      LEFT JOIN shaped s ON s.watch_id = w.id
     WHERE w.change_seq IS NULL OR w.change_seq <> ALL (closed)
  )
  SELECT array_agg(id), array_agg(now), array_agg(shape_now), array_agg(change_seq) FILTER (WHERE change_seq IS NOT NULL)
    INTO ids, marks, shapes, sequences
    FROM looked WHERE mark IS DISTINCT FROM now OR writers <> '{}' OR shape IS DISTINCT FROM shape_now;
  IF ids IS NULL THEN
    RETURN 0;
  END IF;
  WITH held AS MATERIALIZED (
    SELECT l.relation, array_agg(DISTINCT l.virtualtransaction) AS writers
      FROM pg_locks l
     WHERE sequences IS NOT NULL AND l.relation = ANY (sequences) AND l.locktype = 'relation' AND l.mode = 'RowExclusiveLock' AND l.granted
       AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
       AND l.pid IS DISTINCT FROM pg_backend_pid()
     GROUP BY l.relation
  ), looked AS MATERIALIZED (
    SELECT w.id, now.mark, now.shape, coalesce(h.writers, '{}') AS writers,
           w.mark IS DISTINCT FROM now.mark OR NOT w.writers <@ coalesce(h.writers, '{}')
             OR w.shape IS NOT NULL AND w.shape IS DISTINCT FROM now.shape AS asks
      FROM unnest(ids, marks, shapes) AS now (id, mark, shape)
      JOIN millrace.mv_watches w ON w.id = now.id
      LEFT JOIN held h ON h.relation = w.change_seq FOR NO KEY UPDATE OF w SKIP LOCKED
  ), noted AS (
    UPDATE millrace.mv_watches w SET mark = looked.mark, writers = looked.writers, shape = looked.shape
      FROM looked
     WHERE w.id = looked.id AND (looked.asks OR w.writers <> looked.writers OR w.shape IS DISTINCT FROM looked.shape)
    RETURNING w.view_name, looked.asks
  ), asked AS (
    INSERT INTO millrace.mv_requests (view_name) SELECT DISTINCT view_name FROM noted WHERE asks RETURNING 1
  )
  SELECT count(*) INTO asked FROM asked;
  RETURN asked;
END $$;

-- Follows the names and columns of watched tables, and makes what a watch lacks: triggers on a partition that came, or of the make of today.
-- A table that was dropped and created again under its name is the watched one; and where two were exchanged by renaming, the one that the view
-- reads, or the one of the name where that cannot be told. What a person has dropped or disabled on the table that was named stays so, and is
-- a fault. Waits 100 ms for a table at
-- most, and then leaves it to the next time; at most 100 watches at a call. Answers with what could not be done, a line for each watch.
CREATE OR REPLACE FUNCTION millrace.repair_watches() RETURNS SETOF text LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '100ms' AS $$
DECLARE
  drifted record;
  bearer oid;
  moved boolean;
BEGIN
  FOR drifted IN
    WITH known AS MATERIALIZED (
      SELECT w.id, CASE WHEN c.oid IS NOT NULL THEN format('%I.%I', n.nspname, c.relname) END AS now, cols.columns_now
        FROM millrace.mv_watches w
        LEFT JOIN pg_class c ON c.oid = w.source
        LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
        LEFT JOIN (
          SELECT k.id, array_agg(a.attname::text ORDER BY place) AS columns_now
            FROM millrace.mv_watches k
           CROSS JOIN LATERAL unnest(k.attnums) WITH ORDINALITY AS numbered (number, place)
            JOIN pg_attribute a ON a.attrelid = k.source AND a.attnum = number AND NOT a.attisdropped
           WHERE k.columns IS NOT NULL
           GROUP BY k.id) cols ON cols.id = w.id
    )
    SELECT w.id, w.source::oid AS source, w.source_name, w.view_name, w.columns, w.attnums, w.method, w.shape, k.now, k.columns_now
      FROM millrace.mv_watches w
      JOIN known k ON k.id = w.id
      LEFT JOIN pg_class c ON c.oid = w.source
     WHERE c.oid IS NULL OR k.now IS DISTINCT FROM w.source_name OR w.shape IS DISTINCT FROM w.verified_shape
        OR w.columns IS NOT NULL AND (w.attnums IS NULL OR k.columns_now IS DISTINCT FROM w.columns)
     ORDER BY random()
     LIMIT 100 FOR NO KEY UPDATE OF w SKIP LOCKED
  LOOP
    BEGIN
      moved := false;
      bearer := NULL;
      IF drifted.now IS DISTINCT FROM drifted.source_name AND drifted.source_name IS NOT NULL THEN
        SELECT c.oid INTO bearer FROM pg_class c
         WHERE c.oid = to_regclass(drifted.source_name) AND c.relkind IN ('r', 'p', 'f') AND c.relpersistence <> 't';
        moved := bearer IS NOT NULL
          AND NOT EXISTS (SELECT FROM millrace.mv_watches o WHERE o.source = bearer AND o.view_name = drifted.view_name)
          AND (drifted.now IS NULL
               OR NOT EXISTS (SELECT FROM millrace.mv_views v CROSS JOIN LATERAL millrace.reads(v.relid) r
                               WHERE v.view_name = drifted.view_name AND r.relid = drifted.source));
      END IF;
      IF moved THEN
        UPDATE millrace.mv_watches w
           SET source = bearer, shape = NULL, attnums = millrace.column_numbers(bearer, w.columns),
               mark = CASE WHEN w.method = 'counter' THEN millrace.change_mark(bearer) ELSE w.mark END
         WHERE w.id = drifted.id;
        INSERT INTO millrace.mv_requests (view_name) VALUES (drifted.view_name);
      ELSIF drifted.now IS NOT NULL
            AND (drifted.now IS DISTINCT FROM drifted.source_name
                 OR drifted.columns IS NOT NULL AND drifted.attnums IS NULL
                 OR cardinality(drifted.columns_now) = cardinality(drifted.columns) AND drifted.columns_now <> drifted.columns) THEN
        UPDATE millrace.mv_watches w
           SET source_name = drifted.now,
               columns = CASE WHEN cardinality(drifted.columns_now) = cardinality(drifted.columns) THEN drifted.columns_now ELSE w.columns END,
               attnums = coalesce(w.attnums, millrace.column_numbers(w.source, w.columns))
         WHERE w.id = drifted.id;
      END IF;
      IF drifted.method = 'trigger' AND EXISTS (SELECT FROM millrace.wrong_triggers(drifted.id)) THEN
        IF moved OR EXISTS (SELECT FROM millrace.wrong_triggers(drifted.id) t WHERE t.exists_as IN ('O', 'A') AND t.root) THEN
          PERFORM millrace.make_triggers(drifted.id, NOT EXISTS (
                    SELECT FROM millrace.wrong_triggers(drifted.id) t WHERE t.root AND t.exists_as = 'D'));
        ELSE
          PERFORM millrace.make_triggers(drifted.id, false);
        END IF;
      END IF;
      UPDATE millrace.mv_watches w SET verified_shape = w.shape WHERE w.id = drifted.id AND w.verified_shape IS DISTINCT FROM w.shape;
    EXCEPTION WHEN OTHERS THEN
      RETURN NEXT format('the watch of %s for %s: %s', coalesce(drifted.now, drifted.source_name), drifted.view_name, SQLERRM);
    END;
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION millrace.change_mark, millrace.poll_counters, millrace.repair_watches FROM PUBLIC;
