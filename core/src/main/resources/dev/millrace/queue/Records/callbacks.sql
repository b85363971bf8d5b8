-- The callbacks of jobs that have finished, enqueued with their end.
INSERT INTO millrace.jobs (kind, payload, queue, priority, trigger)
SELECT callback->>'kind', callback->'payload', coalesce(callback->>'queue', 'default'),
       coalesce((callback->>'priority')::smallint, 0), 'parent'
  FROM millrace.jobs
 WHERE id = ANY (:ids) AND callback IS NOT NULL AND finished_at IS NOT NULL
