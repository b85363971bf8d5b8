-- A parent that still waits counts a retried child in again.
UPDATE millrace.jobs
   SET children_left = children_left + 1, children_failed = greatest(children_failed - 1, 0)
 WHERE id = :id AND state = 'waiting'
