-- The supplier has been synced completely.
UPDATE millrace.sync_suppliers SET last_sync_at = clock_timestamp() WHERE id = :id
