-- The conditions on one column of a table alone: their names and expressions.
SELECT k.conname::text AS name, pg_get_expr(k.conbin, k.conrelid) AS expression
  FROM pg_constraint k
  JOIN pg_attribute a ON a.attrelid = k.conrelid AND k.conkey = ARRAY[a.attnum]
 WHERE k.conrelid = to_regclass(format('public.%I', :name::text)) AND k.contype = 'c' AND a.attname = :column
 ORDER BY 1
