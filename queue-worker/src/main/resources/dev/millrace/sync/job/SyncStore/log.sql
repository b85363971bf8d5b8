-- Log rows of one sheet, in order; the last one is the newest and has the number of rows that were left out.
INSERT INTO millrace.sync_parsing_logs (supplier_id, error_type, error_message, row_number, rows_left_out, task_id, created_at,
                                        column_name, cell_value, code)
SELECT (SELECT id FROM millrace.sync_suppliers WHERE id = :supplier), line.error_type, line.error_message, nullif(line.row_number, 0),
       line.rows_left_out, :job, clock_timestamp() + line.n * interval '1 microsecond', line.column_name, line.cell_value, line.code
  FROM unnest(:types, :messages, :rows, :leftOut, :columns, :values, :codes) WITH ORDINALITY
       AS line (error_type, error_message, row_number, rows_left_out, column_name, cell_value, code, n)
 ORDER BY line.n
