-- Of the given jobs, those that are still old and that no other transaction has locked; locked.
SELECT id FROM millrace.jobs
 WHERE id = ANY (:ids) AND CASE WHEN parent_id IS NULL THEN finished_at < :until ELSE false END
   FOR UPDATE SKIP LOCKED
