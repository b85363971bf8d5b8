-- Old jobs whatever their end, oldest first, each with its children and logs. A child goes with its parent.
DELETE FROM millrace.jobs
 WHERE id IN (
   SELECT id FROM millrace.jobs
    WHERE finished_at < clock_timestamp() - :keepSeconds * interval '1 second' AND parent_id IS NULL
      AND (state = 'failed' OR children_failed > 0)
    ORDER BY finished_at
    LIMIT :most
      FOR UPDATE SKIP LOCKED)
