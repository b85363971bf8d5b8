-- One row: ready at once, its attempts given, without a unique key. Most jobs are; the rest is for insert.
INSERT INTO millrace.jobs
  (kind, queue, priority, payload, max_attempts, lock_key, parent_id, background_worker, trigger)
VALUES
  (?, ?, ?, ?::jsonb, ?, ?, ?, ?, ?)
RETURNING id
