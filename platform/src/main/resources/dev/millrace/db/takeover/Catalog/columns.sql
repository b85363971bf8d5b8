-- The columns of a table, in their order. A domain counts as the type below it.
SELECT a.attname::text AS name, format_type(b.oid, NULL) AS type,
       CASE WHEN b.typtype = 'e' THEN 'e' ELSE b.typcategory::text END AS family,
       CASE WHEN b.oid IN ('varchar'::regtype, 'bpchar'::regtype) THEN greatest(greatest(a.atttypmod, t.typtypmod) - 4, 0) ELSE 0 END AS length,
       a.attnotnull OR t.typnotnull AS not_null, a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '' OR t.typdefault IS NOT NULL AS filled
  FROM pg_attribute a
  JOIN pg_type t ON t.oid = a.atttypid
  JOIN pg_type b ON b.oid = coalesce(nullif(t.typbasetype, 0), t.oid)
 WHERE a.attrelid = to_regclass(format('public.%I', :name::text)) AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
