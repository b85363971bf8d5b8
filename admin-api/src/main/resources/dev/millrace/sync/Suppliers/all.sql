-- Every supplier with its newest log row.
SELECT s.id::text AS id, s.name, s.enabled IS NOT FALSE AS enabled, s.disabled_reason, s.last_sync_at, newest.id::text AS log_id,
       newest.error_type::text AS error_type, newest.error_message, newest.rows_left_out
  FROM millrace.sync_suppliers s
  LEFT JOIN LATERAL (
    SELECT id, error_type, error_message, rows_left_out FROM millrace.sync_parsing_logs l
     WHERE l.supplier_id = s.id
     ORDER BY created_at DESC, id DESC
     LIMIT 1) newest ON true
 ORDER BY s.name
