-- Rows that cannot be read, in the order of the sheet.
COPY millrace.sync_staging_JOB (row_number, problem, reason, column_name, cell_value, code, unread_sku, maybe_item) FROM STDIN
