-- Missed slots that are not made up for: one row each, none for a slot that has been settled.
INSERT INTO millrace.fires (schedule, fire_time, outcome, node)
SELECT b.worker_name, slot, CASE WHEN b.enabled THEN 'misfired' ELSE 'disabled' END, :node
  FROM public.background_workers b
 CROSS JOIN unnest(:slots::timestamptz[]) slot
 WHERE b.worker_name = :schedule
ON CONFLICT (schedule, fire_time) DO NOTHING
