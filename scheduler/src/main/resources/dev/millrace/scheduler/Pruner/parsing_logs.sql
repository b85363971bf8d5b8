-- Old log rows of ours, never the newest of a supplier: its status is derived from that one. Rows of other programs stay.
DELETE FROM millrace.sync_parsing_logs
 WHERE id IN (
   SELECT id FROM millrace.sync_parsing_logs old
    WHERE created_at < clock_timestamp() - :keepSeconds * interval '1 second' AND rows_left_out IS NOT NULL
      AND (supplier_id IS NULL OR EXISTS (
        SELECT 1 FROM millrace.sync_parsing_logs newer
         WHERE newer.supplier_id = old.supplier_id
           AND (newer.created_at, newer.id) > (old.created_at, old.id)))
    ORDER BY created_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
