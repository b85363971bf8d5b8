-- The supplier has been synced completely.
UPDATE public.suppliers SET last_sync_at = clock_timestamp() WHERE id = :id
