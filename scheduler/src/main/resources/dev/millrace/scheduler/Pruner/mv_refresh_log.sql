-- Old refreshes, never the newest of a view.
DELETE FROM public.mv_refresh_log
 WHERE id IN (
   SELECT id FROM public.mv_refresh_log old
    WHERE refresh_completed_at < clock_timestamp() - :keepSeconds * interval '1 second'
      AND EXISTS (
        SELECT 1 FROM public.mv_refresh_log newer
         WHERE newer.view_name = old.view_name
           AND (newer.refresh_completed_at, newer.id) > (old.refresh_completed_at, old.id))
    ORDER BY refresh_completed_at
    LIMIT :most
      FOR UPDATE OF old SKIP LOCKED)
