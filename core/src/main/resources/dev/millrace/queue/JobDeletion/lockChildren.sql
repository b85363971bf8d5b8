-- At most :most old children of the given jobs that no other transaction has locked; locked. A child that was retried is not old.
SELECT id FROM millrace.jobs
 WHERE parent_id = ANY (:ids) AND finished_at < :until
 LIMIT :most
   FOR UPDATE SKIP LOCKED
