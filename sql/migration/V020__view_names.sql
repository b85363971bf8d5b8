-- Names of materialized views, as people write them.

-- The view of a name: as FROM would read it, or else taken letter for letter (with or without its schema), so that
-- capitals, dots, quotes and spaces need no quoting. Null: there is none, or it could be any of several.
CREATE FUNCTION millrace.view_oid(name text) RETURNS oid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  found oid;
  every oid[];
BEGIN
  BEGIN
    found := to_regclass(name);
  EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported OR name_too_long THEN
    found := NULL;
  END;
  IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = found AND c.relkind = 'm') THEN
    RETURN found;
  END IF;
  SELECT array_agg(c.oid) INTO every
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE c.relkind = 'm'
     AND (c.relname = name AND pg_catalog.pg_table_is_visible(c.oid) OR n.nspname || '.' || c.relname = name);
  RETURN CASE WHEN cardinality(every) = 1 THEN every[1] END;
END $$;

-- Requests come and go by the thousand: keep the table small.
ALTER TABLE millrace.mv_requests SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
