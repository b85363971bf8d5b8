-- One row per job, in the order given: one scan of one function has no other. For jobs without unique keys that differ in nothing
-- but their payloads. The kind's attempts are looked up where none are given.
INSERT INTO millrace.jobs
  (kind, queue, state, priority, run_at, max_attempts, lock_key, parent_id, background_worker, trigger, payload)
SELECT ?, ?, ?, ?, clock_timestamp() + ? * interval '1 millisecond',
       coalesce(?, (SELECT (k.defaults->>'max_attempts')::integer FROM millrace.kinds k WHERE k.kind = ?), 3),
       ?, ?, ?, ?, payload::jsonb
  FROM unnest(?::text[]) AS job (payload)
RETURNING id
