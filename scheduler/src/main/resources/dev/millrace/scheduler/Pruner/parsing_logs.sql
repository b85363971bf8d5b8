-- Old log rows, never the newest of a supplier: its status is derived from that one.
DELETE FROM public.parsing_logs
 WHERE id IN (
   SELECT id FROM public.parsing_logs old
    WHERE created_at < clock_timestamp() - :keepSeconds * interval '1 second'
      AND (supplier_id IS NULL OR EXISTS (
        SELECT 1 FROM public.parsing_logs newer
         WHERE newer.supplier_id = old.supplier_id
           AND (newer.created_at, newer.id) > (old.created_at, old.id)))
    ORDER BY created_at
    LIMIT :most
      FOR UPDATE OF old SKIP LOCKED)
