-- The newest log rows, newest first.
SELECT l.id, l.supplier_id, s.name AS supplier_name, l.error_type, left(l.message, 500) AS message, l.row_number, l.created_at
  FROM (SELECT * FROM public.parsing_logs ORDER BY created_at DESC LIMIT 50) l
  LEFT JOIN public.suppliers s ON s.id = l.supplier_id
 ORDER BY l.created_at DESC, l.id DESC
