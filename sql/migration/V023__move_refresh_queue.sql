-- What an installation's own queue and log held before Millrace came (its tables have been renamed): requests that had not been served
-- yet, and the history. The old tables stay where they are, for the operator to drop.
DO $$
DECLARE
  taken text;
BEGIN
  IF to_regclass('public.mv_refresh_queue_before_millrace') IS NOT NULL THEN
    SELECT CASE WHEN count(*) > 0 THEN 'WHERE status IS NULL OR status NOT IN (''completed'', ''success'', ''done'')' ELSE '' END
      INTO taken
      FROM pg_attribute
     WHERE attrelid = 'public.mv_refresh_queue_before_millrace'::regclass AND attname = 'status' AND NOT attisdropped;
    EXECUTE 'INSERT INTO millrace.mv_requests (view_name) SELECT DISTINCT view_name FROM public.mv_refresh_queue_before_millrace ' || taken;
  END IF;
  IF to_regclass('public.mv_refresh_log_before_millrace') IS NOT NULL THEN
    INSERT INTO public.mv_refresh_log (view_name, status, duration_ms, refresh_completed_at, trigger)
    SELECT l.line->>'view_name', CASE WHEN l.line->>'status' IN ('success', 'completed', 'ok') THEN 'success' ELSE 'error' END,
           greatest(0, coalesce((l.line->>'duration_ms')::numeric, 0))::integer, (l.line->>'refresh_completed_at')::timestamptz, 'table'
      FROM (SELECT to_jsonb(o) AS line FROM public.mv_refresh_log_before_millrace o) l
     WHERE l.line->>'view_name' IS NOT NULL AND l.line->>'refresh_completed_at' IS NOT NULL;
  END IF;
END $$;
