-- What views read, by the catalog.

-- What a view reads, through plain views and other materialized views: relation, kind, and how many materialized views away.
CREATE OR REPLACE FUNCTION millrace.reads(view oid) RETURNS TABLE (relid oid, kind "char", distance integer) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  WITH RECURSIVE used (relid, kind, distance) AS (
    SELECT view, 'm'::"char", 0
    UNION
    SELECT c.oid, c.relkind, u.distance + CASE WHEN c.relkind = 'm' THEN 1 ELSE 0 END
      FROM used u
      JOIN pg_catalog.pg_rewrite w ON w.ev_class = u.relid
      JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
       AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> u.relid
      JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
     WHERE u.kind IN ('m', 'v')
  )
  SELECT relid, kind, min(distance) FROM used WHERE relid <> view GROUP BY relid, kind
$$;

-- A foreign key whose columns a view uses to join two of the tables that it reads, and that no index begins with.
CREATE OR REPLACE FUNCTION millrace.unindexed_keys(view oid) RETURNS TABLE (source oid, columns text) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
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

REVOKE ALL ON FUNCTION millrace.reads, millrace.unindexed_keys FROM PUBLIC;
