-- The master sync is off while no queue worker has a master sheet, and on again when one has: one row with its state, or none that changed.
WITH release AS MATERIALIZED (
  SELECT set_config('millrace.release', 'on', true)
)
UPDATE public.background_workers b
   SET enabled = NOT :lacksSheet, paused_by = CASE WHEN :lacksSheet THEN 'millrace' END,
       paused_reason = CASE WHEN :lacksSheet THEN 'MASTER_SHEET_URL is not set' END,
       paused_at = CASE WHEN :lacksSheet THEN clock_timestamp() END
  FROM release
 WHERE b.worker_name = 'master_sync' AND b.kind = 'sync.master'
   AND CASE WHEN :lacksSheet THEN b.enabled
            ELSE NOT b.enabled AND b.paused_by = 'millrace' AND b.paused_reason = 'MASTER_SHEET_URL is not set' END
RETURNING b.enabled
