-- Old jobs, oldest first, each with its children and logs; a child goes with its parent, who stays while one that was retried is at
-- work. Those that failed, or whose children did, or else the others. Of the named kinds only, or of all but them.
WITH gone AS (
  DELETE FROM millrace.jobs
   WHERE id IN (
     SELECT id FROM millrace.jobs j
      WHERE finished_at >= :from AND finished_at < :until AND parent_id IS NULL
        AND (state = 'failed' OR children_failed > 0) = :failed
        AND (kind = ANY (:kinds)) = :named
        AND NOT EXISTS (SELECT 1 FROM millrace.jobs child WHERE child.parent_id = j.id AND child.finished_at IS NULL)
      ORDER BY finished_at
      LIMIT :most
        FOR UPDATE SKIP LOCKED)
  RETURNING finished_at)
SELECT count(*), max(finished_at) FROM gone
