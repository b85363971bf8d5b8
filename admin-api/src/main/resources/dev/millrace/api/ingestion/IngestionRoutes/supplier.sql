-- A supplier and whether it can be synced: one row, or none.
SELECT name, sheet_url IS NOT NULL AS has_sheet, enabled IS NOT FALSE AS enabled, disabled_reason FROM millrace.sync_suppliers WHERE id::text = :id
