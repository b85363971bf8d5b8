-- Log rows of the first problems of a sheet, in order, then the one of the sheet as a whole, which is the newest.
INSERT INTO millrace.sync_parsing_logs (supplier_id, error_type, error_message, row_number, rows_left_out, task_id, created_at, sheet_tab,
                                        column_name, cell_value, code)
SELECT (SELECT id FROM millrace.sync_suppliers WHERE id = :supplier), line.error_type, line.error_message, line.row_number, line.rows_left_out,
       :job, clock_timestamp() + line.n * interval '1 microsecond', nullif(:tab, ''), line.column_name, line.cell_value, line.code
  FROM (SELECT row_number() OVER (ORDER BY row_number) AS n, problem AS error_type, reason AS error_message, row_number, 0 AS rows_left_out,
               column_name, cell_value, code
          FROM (SELECT * FROM millrace.sync_staging_JOB WHERE problem IS NOT NULL ORDER BY row_number LIMIT :most) first_rows
        UNION ALL
        SELECT :most + 1, :type, :message, NULL, :rejected, NULL, NULL, NULL) line
 ORDER BY line.n
