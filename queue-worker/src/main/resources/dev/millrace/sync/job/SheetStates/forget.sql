-- The items are not what the sheet says.
DELETE FROM millrace.sync_sheets WHERE supplier_id = :supplier
