-- Log rows newest first: the first :look rows behind a place. A row of another type than the one asked for has no texts.
SELECT l.id::text AS id, l.created_at, l.wanted, l.supplier_id::text AS supplier_id, s.name AS supplier_name, l.error_type::text AS error_type,
       CASE WHEN l.wanted THEN left(l.error_message, 2000) END AS message, l.row_number, l.rows_left_out, l.task_id, l.sheet_tab, l.column_name,
       CASE WHEN l.wanted THEN left(l.cell_value, 500) END AS cell_value, l.code
  FROM (SELECT *, <type> AS wanted FROM millrace.sync_parsing_logs
         WHERE <filter>
         ORDER BY created_at DESC, id::text DESC
         LIMIT :look) l
  LEFT JOIN millrace.sync_suppliers s ON s.id = l.supplier_id
 ORDER BY l.created_at DESC, l.id::text DESC
