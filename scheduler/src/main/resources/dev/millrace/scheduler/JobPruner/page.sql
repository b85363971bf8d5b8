-- Finished jobs in the order in which they finished, from a position on: at most :look rows are read. Answers with those that a rule
-- deletes (no children, of the named kinds only or of all but them, failed in the family or not), and at the end with the last row
-- that was read, without an id: whether as many as asked for were read, and where the next page begins.
WITH looked AS MATERIALIZED (
  SELECT id, finished_at, kind, state, parent_id, children_failed
    FROM millrace.jobs
   WHERE finished_at >= :from AND finished_at < :until AND (finished_at > :from OR id > :fromId)
   ORDER BY finished_at, id
   LIMIT :look
)
SELECT id, finished_at, id AS place,
       EXISTS (SELECT 1 FROM millrace.jobs child WHERE child.parent_id = looked.id) AS has_children, NULL::boolean AS more
  FROM looked
 WHERE parent_id IS NULL AND (state = 'failed' OR children_failed > 0) = :failed AND (kind = ANY (:kinds)) = :named
UNION ALL
(SELECT NULL, finished_at, id, NULL, count(*) OVER () = :look FROM looked ORDER BY finished_at DESC, id DESC LIMIT 1)
 ORDER BY finished_at, place, id NULLS LAST
