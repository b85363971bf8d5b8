-- One row for each table: its columns in order, ? where null is allowed, and its unique indexes.
SELECT n.nspname || '.' || c.relname AS name,
       (SELECT string_agg(
                 format(CASE WHEN a.attnum = ANY (k.conkey) THEN '**%s** %s%s' ELSE '%s %s%s' END, a.attname,
                        replace(trim('"' FROM format_type(a.atttypid, a.atttypmod)), 'timestamp with time zone', 'timestamptz'),
                        CASE WHEN NOT a.attnotnull THEN '?' END), ', ' ORDER BY a.attnum)
          FROM pg_attribute a
          LEFT JOIN pg_constraint k ON k.conrelid = a.attrelid AND k.contype = 'p'
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) AS columns,
       coalesce((SELECT string_agg(replace(regexp_replace(pg_get_indexdef(i.indexrelid), '^.* USING btree ', ''), '::text', ''), '; ' ORDER BY x.relname)
                   FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid
                  WHERE i.indrelid = c.oid AND i.indisunique AND NOT i.indisprimary), '') AS uniques
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind = 'r' AND n.nspname IN ('millrace', 'public') AND c.relname <> 'flyway_schema_history'
