-- Of the given jobs, those that are still old and that no other transaction has locked; locked.
SELECT id FROM millrace.jobs
 WHERE id = ANY (:ids) AND parent_id IS NULL AND finished_at < :until
   FOR UPDATE SKIP LOCKED
