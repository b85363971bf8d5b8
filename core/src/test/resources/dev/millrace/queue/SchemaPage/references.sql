-- One row for each foreign key, from the table that is referenced to the one that refers to it.
SELECT parent.relname AS parent, child.relname AS child,
       (SELECT string_agg(a.attname, ' ' ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)) AS columns
  FROM pg_constraint k
  JOIN pg_class parent ON parent.oid = k.confrelid
  JOIN pg_class child ON child.oid = k.conrelid
 WHERE k.contype = 'f' AND child.relnamespace IN ('millrace'::regnamespace, 'public'::regnamespace)
 ORDER BY k.conrelid, k.conname
