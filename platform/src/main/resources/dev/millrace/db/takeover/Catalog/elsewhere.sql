-- The schemas besides public and ours in which a table has this name.
SELECT n.nspname::text
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relname = :name AND c.relkind IN ('r', 'p', 'v', 'm')
   AND n.nspname NOT IN ('public', 'millrace', 'information_schema') AND n.nspname !~ '^pg_'
 ORDER BY 1
