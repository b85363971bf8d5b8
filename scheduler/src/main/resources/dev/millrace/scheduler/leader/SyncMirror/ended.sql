-- A master sync that has ended: one row, or none.
SELECT id::text AS id, state, coalesce(started_at, created_at) AS began, children_total AS total, children_total - children_left AS ended
  FROM millrace.jobs
 WHERE id = :id AND kind = 'sync.master' AND finished_at IS NOT NULL
