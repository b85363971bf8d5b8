-- All suppliers.
SELECT id::text FROM millrace.sync_suppliers
