-- One row per job, in the order given: one scan of one function has no other. For jobs without unique keys only. The kind's
-- attempts are looked up where none are given.
INSERT INTO millrace.jobs
  (kind, queue, state, priority, payload, run_at, max_attempts, lock_key, parent_id, background_worker, trigger)
SELECT kind, queue, CASE WHEN delay > 0 THEN 'scheduled' ELSE 'queued' END, priority, payload::jsonb,
       clock_timestamp() + delay * interval '1 millisecond',
       coalesce(max_attempts, (SELECT (k.defaults->>'max_attempts')::integer FROM millrace.kinds k WHERE k.kind = job.kind), 3),
       lock_key, ?, background_worker, trigger
  FROM unnest(?::text[], ?::text[], ?::bigint[], ?::integer[], ?::text[], ?::integer[], ?::text[], ?::text[], ?::text[])
       AS job (kind, queue, delay, priority, payload, max_attempts, lock_key, background_worker, trigger)
RETURNING id
