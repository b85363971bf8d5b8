-- The callbacks of jobs that have finished, enqueued with their end. OFFSET 0, so that the planner sees only the primary key.
INSERT INTO millrace.jobs (kind, payload, queue, priority, max_attempts, trigger)
SELECT callback->>'kind', coalesce(callback->'payload', '{}'), coalesce(callback->>'queue', 'default'),
       coalesce((callback->>'priority')::smallint, 0),
       coalesce((SELECT (k.defaults->>'max_attempts')::integer FROM millrace.kinds k WHERE k.kind = callback->>'kind'), 3), 'parent'
  FROM (SELECT callback, finished_at FROM millrace.jobs WHERE id = ANY (:ids) OFFSET 0) given
 WHERE callback IS NOT NULL AND finished_at IS NOT NULL
