-- The newest log rows, newest first.
SELECT l.id::text AS id, l.supplier_id::text AS supplier_id, s.name AS supplier_name, l.error_type::text AS error_type,
       left(l.error_message, 500) AS message, l.row_number, l.created_at
  FROM (SELECT * FROM millrace.sync_parsing_logs ORDER BY created_at DESC LIMIT 50) l
  LEFT JOIN millrace.sync_suppliers s ON s.id = l.supplier_id
 ORDER BY l.created_at DESC, l.id DESC
