-- Log rows of one sheet, in order; the last one is the newest and has the number of rows that were left out.
INSERT INTO public.parsing_logs (supplier_id, error_type, message, row_number, rows_left_out, job_id)
SELECT :supplier, line.error_type, line.message, nullif(line.row_number, 0), line.rows_left_out, :job
  FROM unnest(:types, :messages, :rows, :leftOut) WITH ORDINALITY AS line (error_type, message, row_number, rows_left_out, n)
 ORDER BY line.n
