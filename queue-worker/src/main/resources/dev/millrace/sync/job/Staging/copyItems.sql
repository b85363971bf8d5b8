-- Rows that can be read, in the order of the sheet.
COPY millrace.sync_staging_JOB (row_number, sku, name, current_price, currency, quantity) FROM STDIN
