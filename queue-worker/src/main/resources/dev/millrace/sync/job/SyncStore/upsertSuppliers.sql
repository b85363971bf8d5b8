-- The suppliers of the master sheet: one row for each that is stored, with whether it is to be synced. A supplier is the stored one with its
-- code, else the one with its name whose code the sheet does not give to another. A code that is stored is kept; what has not changed is not
-- written; a name that must be unique and is another's is left out, so that it costs its own row and not the sync.
WITH given AS (
  SELECT n, code, name, sheet_url, currency, enabled
    FROM unnest(:codes, :names, :urls, :currencies, :enabled) WITH ORDINALITY AS s (code, name, sheet_url, currency, enabled, n)
), candidate AS (
  SELECT g.*, s.id, s.code AS stored_code, row_number() OVER (PARTITION BY s.id ORDER BY lower(s.code) IS DISTINCT FROM g.code, g.n) AS place
    FROM given g
    LEFT JOIN LATERAL (
      SELECT s.id, s.code FROM millrace.sync_suppliers s
       WHERE lower(s.code) = g.code
          OR (s.name = g.name AND NOT EXISTS (SELECT FROM given other WHERE other.code = lower(s.code)))
       ORDER BY lower(s.code) IS DISTINCT FROM g.code, s.code, s.name
       LIMIT 1) s ON true
), named AS (
  -- A kept table may say that names are unique: then a text other than the code has a unique index of its own.
  SELECT EXISTS (
    SELECT FROM pg_catalog.pg_index i
      JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
      JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
     WHERE i.indrelid = 'public.suppliers'::regclass AND i.indisunique AND NOT i.indisprimary AND i.indnkeyatts = 1
       AND t.typcategory = 'S' AND a.attname <> 'code') AS once
), wanted AS (
  SELECT c.n, c.code, c.name, c.sheet_url, c.currency, c.enabled, c.stored_code, CASE WHEN c.id IS NOT NULL AND c.place = 1 THEN c.id END AS id
    FROM candidate c
   CROSS JOIN named
   WHERE NOT named.once
      OR (NOT EXISTS (SELECT FROM given other WHERE other.name = c.name AND other.n < c.n)
          AND NOT EXISTS (SELECT FROM millrace.sync_suppliers s
                           WHERE s.name = c.name AND (c.id IS NULL OR c.place > 1 OR s.id <> c.id)))
), changed AS (
  UPDATE millrace.sync_suppliers s
     SET code = coalesce(s.code, w.code), name = w.name, sheet_url = w.sheet_url, currency = w.currency, enabled = w.enabled,
         disabled_reason = NULL, updated_at = clock_timestamp()
    FROM wanted w
   WHERE s.id = w.id
     AND ((s.name, s.sheet_url, s.currency, s.enabled) IS DISTINCT FROM (w.name, w.sheet_url, w.currency, w.enabled)
          OR s.code IS NULL OR s.disabled_reason IS NOT NULL)
), added AS (
  INSERT INTO millrace.sync_suppliers (code, name, sheet_url, currency, enabled, updated_at)
  SELECT code, name, sheet_url, currency, enabled, clock_timestamp() FROM wanted WHERE id IS NULL ORDER BY code
  RETURNING id, code
)
SELECT w.code, coalesce(w.id, a.id)::text AS id, w.enabled
  FROM wanted w
  LEFT JOIN added a ON w.id IS NULL AND a.code = w.code
 ORDER BY w.n
