-- What prevents, or will prevent, a refresh of a view, reported before the first failure, with the SQL that fixes it.

-- The view as its caller wrote it, its registered name, and what the two name.
CREATE OR REPLACE FUNCTION millrace.preflight_of_view(view text, known text, target oid, func oid)
RETURNS TABLE (code text, severity text, message text, fix_sql text) LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  wanted text;
  found record;
  usable boolean;
  candidate text;
  line text;
  other record;
BEGIN
  SELECT v.mode INTO wanted FROM millrace.mv_views v WHERE v.view_name = known;
  IF wanted = 'function' THEN
    IF func IS NULL THEN
      RETURN QUERY SELECT 'no_function', 'error', format('there is no function %s without arguments', view), NULL::text;
    END IF;
    RETURN;
  END IF;
  IF target IS NULL THEN
    RETURN QUERY SELECT 'no_view', 'error', format('there is no materialized view %s, or several are called so', view), NULL::text;
    RETURN;
  END IF;
  SELECT c.relispopulated AS populated, c.relowner AS owner, millrace.written_relation(c.oid) AS name,
         pg_catalog.pg_get_viewdef(c.oid, true) AS definition
    INTO found
    FROM pg_catalog.pg_class c WHERE c.oid = target;

  -- From 17 on the right MAINTAIN is enough.
  IF NOT pg_catalog.pg_has_role(found.owner, 'USAGE')
     AND NOT (CASE WHEN pg_catalog.current_setting('server_version_num')::integer >= 170000
                   THEN pg_catalog.has_table_privilege(target, 'MAINTAIN') ELSE false END) THEN
    RETURN QUERY SELECT 'not_owner', 'error',
      format('%s belongs to %s, and %s may not refresh it', found.name, found.owner::regrole, current_user),
      format('GRANT %s TO %I;', found.owner::regrole, current_user);
  END IF;

  IF wanted IS DISTINCT FROM 'plain' THEN
    IF NOT pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMP') THEN
      RETURN QUERY SELECT 'no_temp', 'error', format('CONCURRENTLY makes a temporary table, which %s may not', current_user),
        format('GRANT TEMPORARY ON DATABASE %I TO %I;', pg_catalog.current_database(), current_user);
    END IF;
    usable := EXISTS (
      SELECT FROM pg_catalog.pg_index i
        JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_catalog.pg_am am ON am.oid = ic.relam
       WHERE i.indrelid = target AND i.indisunique AND i.indisvalid AND i.indimmediate AND i.indpred IS NULL
         AND i.indexprs IS NULL AND am.amname = 'btree');
    IF NOT usable THEN
      FOR other IN
        SELECT millrace.written_relation(i.indexrelid) AS name,
               CASE WHEN NOT i.indisvalid THEN 'is not valid, its build failed'
                    WHEN i.indpred IS NOT NULL THEN 'has a WHERE, so it does not cover every row'
                    WHEN i.indexprs IS NOT NULL THEN 'is over an expression, not over plain columns'
                    ELSE 'is not an immediate btree index' END AS fault,
               NOT i.indisvalid AS broken
          FROM pg_catalog.pg_index i
         WHERE i.indrelid = target AND i.indisunique
      LOOP
        RETURN QUERY SELECT 'unusable_index', 'warning', format('the unique index %s %s', other.name, other.fault),
          CASE WHEN other.broken THEN format('REINDEX INDEX %s;', other.name) END;
      END LOOP;
      -- A column whose values all differ, as far as the statistics know; else the first one.
      SELECT quote_ident(a.attname) INTO candidate
        FROM pg_catalog.pg_attribute a
        LEFT JOIN pg_catalog.pg_statistic s ON s.starelid = a.attrelid AND s.staattnum = a.attnum
       WHERE a.attrelid = target AND a.attnum > 0 AND NOT a.attisdropped
       ORDER BY coalesce(s.stadistinct = -1 AND s.stanullfrac = 0, false) DESC, a.attnum LIMIT 1;
      RETURN QUERY SELECT 'no_unique_index', 'warning',
        format('%s has no unique index over plain columns: readers wait while it is refreshed', found.name),
        format('CREATE UNIQUE INDEX ON %s (%s); -- or the columns that tell its rows apart', found.name, candidate);
    END IF;
  END IF;

  IF NOT found.populated THEN
    RETURN QUERY SELECT 'not_populated', 'warning',
      format('%s has never been filled: reading it fails, and its first refresh is a plain one', found.name),
      format('REFRESH MATERIALIZED VIEW %s;', found.name);
  END IF;

  FOREACH line IN ARRAY string_to_array(found.definition, E'\n') LOOP
    IF line ~* '(\mnow\(\)|\mcurrent_timestamp\M|\mlocaltimestamp\M|\mcurrent_date\M|_timestamp\(\)|\mtimeofday\(\)|\mrandom\(\))[^,]*\sAS\s' THEN
      RETURN QUERY SELECT 'changes_by_itself', 'warning',
        format('a column of %s differs at every refresh, so that each one rewrites every row: %s', found.name, btrim(line, ' ,')),
        'leave it out; the moment of the last refresh is in millrace.mv_freshness'::text;
    END IF;
  END LOOP;

  RETURN QUERY
    SELECT 'unregistered_upstream', 'warning',
           format('%s reads %s, which is not registered and not kept fresh', found.name, millrace.written_relation(r.relid)),
           format('SELECT millrace.register_view(%L);', millrace.written_relation(r.relid))
      FROM millrace.reads(target) r
     WHERE r.kind = 'm' AND NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.relid = r.relid);
END $$;

-- The same, what may make it slow (its size, and the tables that it reads), and what is wrong with its watches.
CREATE OR REPLACE FUNCTION millrace.preflight_of_relations(view text, known text, target oid, func oid)
RETURNS TABLE (code text, severity text, message text, fix_sql text) LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  WITH watched AS (
    SELECT w.id, w.source AS relation, w.columns, w.attnums, w.method, w.view_name,
           COALESCE(millrace.written_relation(w.source), w.source_name) AS source, millrace.watch_fault(w) AS fault,
           format('SELECT millrace.watch(%L, %L%s%s);', millrace.written_relation(w.source), w.view_name,
                  ', ' || quote_literal(w.columns) || '::text[]', CASE WHEN w.method = 'counter' THEN ', method => ''counter''' END) AS again,
           (SELECT string_agg(format('ALTER TABLE %s ENABLE ALWAYS TRIGGER %I;', millrace.written_relation(w.source), t.tgname), ' ')
              FROM pg_catalog.pg_trigger t
             WHERE t.tgrelid = w.source AND t.tgenabled = 'O'
               AND t.tgname = ANY (ARRAY['millrace_watch_' || w.id, 'millrace_watch_' || w.id || '_columns',
                                         'millrace_watch_' || w.id || '_update']::name[])) AS always
      FROM millrace.mv_watches w
     WHERE w.view_name = known
  )
  SELECT code, severity, message, fix_sql FROM millrace.preflight_of_view(view, known, target, func)
  UNION ALL
  SELECT 'bloated', 'warning',
         format('%s takes %s, %s times what it needs', millrace.written_relation(target), pg_size_pretty(size.bytes),
                round(size.bytes::numeric / s.plain_bytes, 1)),
         format('REFRESH MATERIALIZED VIEW %s;', millrace.written_relation(target))
    FROM millrace.mv_state s CROSS JOIN pg_total_relation_size(target) AS size (bytes)
   WHERE s.view_name = known AND s.plain_bytes > 0 AND size.bytes > 5 * s.plain_bytes AND size.bytes > 1048576
  UNION ALL
  SELECT 'not_analyzed', 'hint', millrace.written_relation(c.oid) || ' has never been analyzed, so the planner has no statistics for the refresh',
         format('ANALYZE %s;', millrace.written_relation(c.oid))
    FROM millrace.reads(target) r
    JOIN pg_catalog.pg_class c ON c.oid = r.relid
   WHERE r.distance = 0 AND r.kind = 'r' AND c.reltuples < 0 AND pg_relation_size(c.oid) > 65536
  UNION ALL
  SELECT 'unindexed_key', 'hint', format('%s is joined by (%s), which no index begins with', millrace.written_relation(k.source), k.columns),
         format('CREATE INDEX ON %s (%s);', millrace.written_relation(k.source), k.columns)
    FROM millrace.unindexed_keys(target) k
  UNION ALL
  SELECT 'watched_table_gone', 'error', format('a table that %s watched (%s) is gone', view, COALESCE(source, relation::oid::text)),
         format('DELETE FROM millrace.mv_watches WHERE id = %s;', id)
    FROM watched WHERE fault = 'the table is gone'
  UNION ALL
  SELECT 'broken_watch', 'error', format('changes of %s do not ask for %s: of the watch, %s', source, view, fault), again
    FROM watched WHERE fault <> 'the table is gone'
  UNION ALL
  SELECT 'origin_only', 'warning',
         format('changes of %s that are written with session_replication_role = replica do not ask for %s', source, view), always
    FROM watched WHERE fault IS NULL AND always IS NOT NULL
  UNION ALL
  SELECT 'watched_column_gone', 'warning',
         format('the watch of %s for %s names a column that is gone; until that is changed, every update asks for the view', source, view),
         'call millrace.watch again with columns that exist'
    FROM watched
   WHERE fault IS NULL AND columns IS NOT NULL
     AND (SELECT count(*) FROM pg_catalog.pg_attribute a WHERE a.attrelid = relation AND a.attnum = ANY (attnums) AND NOT a.attisdropped) < cardinality(columns)
  UNION ALL
  SELECT 'foreign_table', 'warning', format('%s is a foreign table: only what is written to it from this database asks for %s', source, view), NULL
    FROM watched JOIN pg_catalog.pg_class c ON c.oid = relation AND c.relkind = 'f'
$$;

-- What prevents a view from being fresh, with the SQL that fixes it. Reads the name under the caller's search path, and
-- does the rest under a fixed one.
CREATE OR REPLACE FUNCTION millrace.preflight(view text)
RETURNS TABLE (code text, severity text, message text, fix_sql text) LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
DECLARE
  known text := millrace.known_view(view);
BEGIN
  RETURN QUERY
    SELECT p.code, p.severity, p.message, p.fix_sql
      FROM millrace.preflight_of_relations(view, known, millrace.view_of(view), millrace.function_of(known)) p;
END $$;

REVOKE ALL ON FUNCTION millrace.preflight_of_view, millrace.preflight_of_relations, millrace.preflight FROM PUBLIC;
