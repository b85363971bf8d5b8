-- One row: the view of a name. None when there is no such view.
SELECT c.oid::bigint AS oid, :name AS name, format('%I.%I', n.nspname, c.relname) AS sql_name,
       c.relispopulated AS populated,
       EXISTS (
         SELECT FROM pg_index i
           JOIN pg_class ic ON ic.oid = i.indexrelid
           JOIN pg_am am ON am.oid = ic.relam
          WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate
            AND i.indpred IS NULL AND i.indexprs IS NULL AND am.amname = 'btree') AS unique_index
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = millrace.view_oid(:name)
