-- Of some jobs that were to be deleted, those that are still there, and whether one of the family of each has not finished.
SELECT j.id, EXISTS (
         WITH RECURSIVE family AS (
           SELECT id, finished_at FROM millrace.jobs WHERE id = j.id
           UNION ALL
           SELECT child.id, child.finished_at FROM millrace.jobs child JOIN family ON child.parent_id = family.id)
         SELECT 1 FROM family WHERE finished_at IS NULL) AS at_work
  FROM millrace.jobs j
 WHERE j.id = ANY (:ids)
 ORDER BY j.id
