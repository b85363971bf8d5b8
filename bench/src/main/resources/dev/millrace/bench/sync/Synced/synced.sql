-- Seconds from the enqueueing of a sync to the end of its last job, and the number of items then: one row once all its jobs have ended.
SELECT extract(epoch FROM max(j.finished_at) - min(j.created_at))::float8 AS seconds, (SELECT count(*) FROM public.supplier_items) AS items
  FROM millrace.jobs j
 WHERE j.id = :job OR j.parent_id = :job
HAVING bool_and(j.finished_at IS NOT NULL)
