-- Old jobs that ended well or were cancelled, oldest first, each with its children and logs. A child goes with its parent.
DELETE FROM millrace.jobs
 WHERE id IN (
   SELECT id FROM millrace.jobs
    WHERE finished_at < clock_timestamp() - :keepSeconds * interval '1 second'
      AND state IN ('completed', 'cancelled') AND children_failed = 0 AND parent_id IS NULL
    ORDER BY finished_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
