-- What stands in a user's table for a watch, and runs with its writers. Nothing here may make a statement of theirs fail.
-- The owner's rights are used for nextval and one insert, by functions that take no value, type or name from the writer. compare_change, which
-- reads the writer's rows, has the writer's rights and stores its result in a setting of that transaction.

-- A change could not be counted: asks for the view instead. Never fails.
CREATE OR REPLACE FUNCTION millrace.change_not_noted(watch_id bigint) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  INSERT INTO millrace.mv_requests (view_name) SELECT w.view_name FROM millrace.mv_watches w WHERE w.id = watch_id;
EXCEPTION WHEN OTHERS THEN
  RAISE LOG 'millrace: a change that watch % should have noted was not: %', watch_id, SQLERRM;
END $$;

-- Creates the change sequence of a watch and the trigger function that counts in it, or what is lost of them. One function for each watch,
-- because constants in its body need no lookup at each change; with our rights, because writers have none in this schema; and
-- declared STABLE, so that it needs no snapshot.
CREATE OR REPLACE FUNCTION millrace.create_change_seq(watch_id bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM FROM millrace.mv_watches w
    WHERE w.id = watch_id AND w.method = 'trigger'
      AND NOT (EXISTS (SELECT FROM pg_class c WHERE c.oid = w.change_seq AND c.relkind = 'S')
               AND to_regprocedure(format('millrace.mv_note_change_%s()', w.id)) IS NOT NULL);
  IF NOT FOUND THEN
    RETURN;
  END IF;
  EXECUTE format('CREATE SEQUENCE IF NOT EXISTS millrace.mv_change_seq_%s', watch_id);
  EXECUTE format($body$
    CREATE OR REPLACE FUNCTION millrace.mv_note_change_%1$s() RETURNS trigger LANGUAGE plpgsql STABLE SECURITY DEFINER
      SET search_path = pg_catalog, pg_temp AS '
    DECLARE
      number bigint;
    BEGIN
      IF TG_NARGS > 0 THEN
        IF current_setting(''millrace.changed_%1$s'', true) IS DISTINCT FROM ''yes'' THEN
          RETURN NULL;
        END IF;
        PERFORM set_config(''millrace.changed_%1$s'', '''', true);
      END IF;
      number := nextval(''millrace.mv_change_seq_%1$s'');
      RETURN NULL;
    EXCEPTION WHEN OTHERS THEN
      BEGIN
        PERFORM millrace.change_not_noted(%1$s);
      EXCEPTION WHEN OTHERS THEN
        RAISE LOG ''millrace: a change that watch %1$s should have noted was not: %%'', SQLERRM;
      END;
      RETURN NULL;
    END';
    $body$, watch_id);
  EXECUTE format('REVOKE ALL ON FUNCTION millrace.mv_note_change_%s() FROM PUBLIC', watch_id);
  UPDATE millrace.mv_watches w SET change_seq = format('millrace.mv_change_seq_%s', watch_id)::regclass WHERE w.id = watch_id;
END $$;

-- Drops change sequences whose watches have ended, up to 20 at each call. Not done where a watch ends: that transaction may go on for long, and
-- the leader would wait for it. What a trigger still uses is left.
CREATE OR REPLACE FUNCTION millrace.drop_unused_change_seqs() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET lock_timeout = '50ms' AS $$
DECLARE
  ended text;
BEGIN
  FOR ended IN
    SELECT substr(c.relname, length('mv_change_seq_') + 1)
      FROM pg_class c
     WHERE c.relnamespace = 'millrace'::regnamespace AND c.relkind = 'S' AND c.relname ~ '^mv_change_seq_\d+$'
       AND NOT EXISTS (SELECT FROM millrace.mv_watches w WHERE w.change_seq = c.oid)
     ORDER BY random()
     LIMIT 20
  LOOP
    BEGIN
      EXECUTE format('DROP FUNCTION IF EXISTS millrace.mv_note_change_%s()', ended);
      EXECUTE format('DROP SEQUENCE millrace.mv_change_seq_%s', ended);
    EXCEPTION WHEN lock_not_available OR dependent_objects_still_exist THEN
      RAISE DEBUG 'millrace.mv_change_seq_% is still used', ended;
    END;
  END LOOP;
END $$;

-- Whether an update has changed one of some columns, said by the setting millrace.changed_N of the transaction, which the trigger after this
-- one reads. Arguments: the number of the watch, that of the table, then number and name of each column.
-- The rows before and after, reduced to the primary key and the columns, are compared as wholes, and by their bytes: what the writer's session
-- sets for dates, floats or collations does not matter, and types need no equality. In doubt, it has changed: where a column is not found,
-- where there is no primary key, where many rows were written, and whenever something fails.
CREATE OR REPLACE FUNCTION millrace.compare_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET enable_nestloop = off SET jit = off AS $$
DECLARE
  most CONSTANT integer := 10000;
  fields text;
  changed boolean := true;
BEGIN
  BEGIN
    WITH given AS MATERIALIZED (
      SELECT TG_ARGV[n]::int2 AS number, TG_ARGV[n + 1] AS name FROM generate_series(2, TG_NARGS - 2, 2) AS n
    ), wanted AS MATERIALIZED (
      SELECT a.attnum, a.attgenerated FROM pg_attribute a
       WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped
         AND (a.attname IN (SELECT g.name::name FROM given g)
              OR TG_ARGV[1]::oid = TG_RELID AND a.attnum IN (SELECT g.number FROM given g)
              OR a.attnum = ANY ((SELECT i.indkey FROM pg_index i WHERE i.indrelid = TG_RELID AND i.indisprimary)::int2[]))
    ), doubt AS (
      SELECT NOT EXISTS (SELECT FROM pg_index i WHERE i.indrelid = TG_RELID AND i.indisprimary)
             OR EXISTS (SELECT FROM wanted w WHERE w.attgenerated = 'v')
             OR EXISTS (SELECT FROM given g
                         WHERE NOT EXISTS (
                           SELECT FROM pg_attribute a
                            WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped
                              AND (a.attname = g.name::name OR TG_ARGV[1]::oid = TG_RELID AND a.attnum = g.number))) AS whole
    )
    SELECT string_agg(quote_ident(a.attname), ', ') INTO fields
      FROM pg_attribute a, doubt d
     WHERE a.attrelid = TG_RELID AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated <> 'v'
       AND (d.whole OR a.attnum IN (SELECT w.attnum FROM wanted w));
    IF (SELECT count(*) FROM (SELECT FROM new_rows LIMIT most + 1) AS counted) <= most THEN
      EXECUTE format(
        'SELECT (SELECT count(*) FROM new_rows) <> (SELECT count(*) FROM old_rows) OR EXISTS ('
        '  SELECT FROM (SELECT ROW(%1$s) AS r, row_number() OVER (ORDER BY ROW(%1$s) USING OPERATOR(pg_catalog.*<)) AS n FROM new_rows) a'
        '    JOIN (SELECT ROW(%1$s) AS r, row_number() OVER (ORDER BY ROW(%1$s) USING OPERATOR(pg_catalog.*<)) AS n FROM old_rows) b'
        '      ON a.n = b.n'
        '   WHERE a.r OPERATOR(pg_catalog.*<>) b.r)', fields) INTO changed;
    END IF;
  EXCEPTION WHEN OTHERS THEN
    changed := true;
  END;
  IF changed IS NOT FALSE THEN
    PERFORM set_config(format('millrace.changed_%s', TG_ARGV[0]), 'yes', true);
  END IF;
  RETURN NULL;
EXCEPTION WHEN OTHERS THEN
  RAISE LOG 'millrace: an update of % could not be compared: %', TG_RELID::regclass, SQLERRM;
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION millrace.change_not_noted, millrace.create_change_seq, millrace.drop_unused_change_seqs, millrace.compare_change
  FROM PUBLIC;
