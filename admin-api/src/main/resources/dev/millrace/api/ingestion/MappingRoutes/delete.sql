-- What is set for the columns of a supplier's sheet is deleted: one row, or none. The next sync stores what the master sheet sets.
DELETE FROM millrace.sync_mappings WHERE supplier_id = :id
