-- A job and its parent, the child first, as they are when they end: both stay unchanged until this transaction ends.
SELECT id FROM millrace.jobs
 WHERE id IN (:id, (SELECT parent_id FROM millrace.jobs WHERE id = :id))
 ORDER BY id DESC
   FOR NO KEY UPDATE
