-- Stores the mapping that an admin has set: one row. of_master is false, so that the master sheet does not replace it.
INSERT INTO millrace.sync_mappings (supplier_id, mapping) VALUES (:id, :mapping::jsonb)
ON CONFLICT (supplier_id) DO UPDATE SET mapping = excluded.mapping, of_master = false, updated_at = clock_timestamp()
