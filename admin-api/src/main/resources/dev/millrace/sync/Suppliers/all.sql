-- Every supplier with its newest log row.
SELECT s.id, s.name, s.last_sync_at, newest.id AS log_id, newest.error_type, newest.message, newest.rows_left_out
  FROM public.suppliers s
  LEFT JOIN LATERAL (
    SELECT id, error_type, message, rows_left_out FROM public.parsing_logs l
     WHERE l.supplier_id = s.id
     ORDER BY created_at DESC, id DESC
     LIMIT 1) newest ON true
 ORDER BY s.name
