-- Log rows of one sheet, in order; the last one is the newest.
INSERT INTO public.parsing_logs (supplier_id, error_type, message, row_number, job_id)
SELECT :supplier, line.error_type, line.message, nullif(line.row_number, 0), :job
  FROM unnest(:types, :messages, :rows) WITH ORDINALITY AS line (error_type, message, row_number, n)
 ORDER BY line.n
