-- An empty staging table for the sheet of one job. Its columns have the types of the items, so that values are compared as they are stored.
CREATE UNLOGGED TABLE millrace.sync_staging_JOB AS
SELECT 1::integer AS row_number, supplier_sku AS sku, name, current_price, currency, quantity, ''::text AS problem, ''::text AS reason,
       ''::text AS column_name, ''::text AS cell_value, ''::text AS code, ''::text AS unread_sku, true AS maybe_item
  FROM millrace.sync_supplier_items
  WITH NO DATA
