-- Whether the supplier has items, those that have vanished too: one row.
SELECT EXISTS (SELECT FROM millrace.sync_supplier_items WHERE supplier_id = :supplier)
