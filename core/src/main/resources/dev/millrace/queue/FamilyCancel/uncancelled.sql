-- The unfinished jobs of a family that were not asked to stop, parents before their children. Locks nothing.
WITH RECURSIVE family AS (
  SELECT id FROM millrace.jobs WHERE id = :id
  UNION ALL
  SELECT child.id FROM millrace.jobs child JOIN family ON child.parent_id = family.id
)
SELECT j.id
  FROM family
  JOIN millrace.jobs j ON j.id = family.id
 WHERE j.state IN ('scheduled', 'queued', 'processing', 'waiting') AND j.cancel_requested_at IS NULL
 ORDER BY j.id
