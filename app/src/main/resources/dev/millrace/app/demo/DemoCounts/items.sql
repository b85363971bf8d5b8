-- One row: how many items all suppliers have together.
SELECT count(*) FROM millrace.sync_supplier_items WHERE vanished_at IS NULL
