-- More to say before a view gets slow: its size, and the tables that it reads.

ALTER FUNCTION millrace.preflight(text) RENAME TO preflight_of_view;

-- A foreign key whose columns a view uses to join two of the tables that it reads, and that no index begins with.
CREATE FUNCTION millrace.unindexed_keys(view oid) RETURNS TABLE (source oid, columns text) LANGUAGE sql STABLE AS $$
  WITH used AS (
    SELECT DISTINCT d.refobjid AS relid, d.refobjsubid AS attnum
      FROM (SELECT r.relid FROM millrace.reads(view) r WHERE r.kind = 'v' UNION SELECT view) via (relid)
      JOIN pg_catalog.pg_rewrite w ON w.ev_class = via.relid
      JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass
       AND d.refobjsubid > 0
  )
  SELECT k.conrelid,
         (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY key.place)
            FROM unnest(k.conkey) WITH ORDINALITY AS key (attnum, place)
            JOIN pg_catalog.pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum)
    FROM pg_catalog.pg_constraint k
   WHERE k.contype = 'f'
     AND NOT EXISTS (SELECT FROM unnest(k.conkey) AS key (attnum)
                      WHERE NOT EXISTS (SELECT FROM used u WHERE u.relid = k.conrelid AND u.attnum = key.attnum))
     AND NOT EXISTS (SELECT FROM unnest(k.confkey) AS key (attnum)
                      WHERE NOT EXISTS (SELECT FROM used u WHERE u.relid = k.confrelid AND u.attnum = key.attnum))
     AND NOT EXISTS (
       SELECT FROM pg_catalog.pg_index i
        WHERE i.indrelid = k.conrelid AND i.indisvalid AND i.indpred IS NULL
          AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey)
$$;

-- What stands, or will stand, in the way of refreshing a view, with the SQL that would mend it; the worst first.
CREATE FUNCTION millrace.preflight(view text)
RETURNS TABLE (code text, severity text, message text, mend text) LANGUAGE sql STABLE AS $$
  SELECT code, severity, message, mend FROM millrace.preflight_of_view(view)
  UNION ALL
  SELECT 'bloated', 'warning',
         format('%s takes %s, %s times what it needs', n.name, pg_size_pretty(pg_total_relation_size(n.oid)),
                round(pg_total_relation_size(n.oid)::numeric / s.plain_bytes, 1)),
         format('REFRESH MATERIALIZED VIEW %s;', n.name)
    FROM (SELECT c.oid, format('%I.%I', ns.nspname, c.relname) AS name
            FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace ns ON ns.oid = c.relnamespace
           WHERE c.oid = millrace.view_oid(view)) n
    JOIN millrace.mv_state s ON s.view_name = millrace.known_view(view)
   WHERE s.plain_bytes > 0 AND pg_total_relation_size(n.oid) > 5 * s.plain_bytes AND pg_total_relation_size(n.oid) > 1048576
  UNION ALL
  SELECT 'not_analyzed', 'hint', format('%I.%I has never been analyzed, so that the refresh is planned blindly', n.nspname, c.relname),
         format('ANALYZE %I.%I;', n.nspname, c.relname)
    FROM millrace.reads(millrace.view_oid(view)) r
    JOIN pg_catalog.pg_class c ON c.oid = r.relid
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE r.distance = 0 AND r.kind = 'r' AND c.reltuples < 0 AND pg_relation_size(c.oid) > 65536
  UNION ALL
  SELECT 'unindexed_key', 'hint', format('%I.%I is joined by (%s), which no index begins with', n.nspname, c.relname, k.columns),
         format('CREATE INDEX ON %I.%I (%s);', n.nspname, c.relname, k.columns)
    FROM millrace.unindexed_keys(millrace.view_oid(view)) k
    JOIN pg_catalog.pg_class c ON c.oid = k.source
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
$$;

-- The rows that refreshes have deleted from a view and no VACUUM has cleared away yet, as counted here; a rewrite clears them all.
ALTER TABLE millrace.mv_state ADD COLUMN dead_rows bigint NOT NULL DEFAULT 0;
ALTER TABLE millrace.mv_state ADD COLUMN vacuumed_at timestamptz;
