-- How many items of one supplier are in its sheet.
SELECT count(*) FROM millrace.sync_supplier_items WHERE supplier_id = :supplier AND vanished_at IS NULL
