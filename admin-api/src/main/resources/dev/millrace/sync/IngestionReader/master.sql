-- The newest log row about the master sheet as a whole: one row, or none.
SELECT error_type::text AS error_type, left(error_message, 2000) AS message, created_at
  FROM millrace.sync_parsing_logs
 WHERE supplier_id IS NULL AND row_number IS NULL AND rows_left_out IS NOT NULL
 ORDER BY created_at DESC
 LIMIT 1
