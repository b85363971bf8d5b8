-- Of the given jobs, which this transaction has locked before it began this statement, those that have no children.
DELETE FROM millrace.jobs j
 WHERE id = ANY (:ids) AND CASE WHEN finished_at IS NULL THEN false ELSE true END
   AND NOT EXISTS (SELECT 1 FROM millrace.jobs child WHERE child.parent_id = j.id)
RETURNING id
