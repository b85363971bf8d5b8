-- Finished jobs in the order in which they finished, from a place on: at most :look rows are read. Answers with the first :most that pass
-- a filter, and at the end with the last row that was read, without a parent: whether as many as asked for were read.
WITH looked AS MATERIALIZED (
  SELECT id, finished_at, kind, queue, state, parent_id
    FROM millrace.jobs
   WHERE finished_at >= :from AND finished_at < :until AND (finished_at > :from OR id > :fromId)
   ORDER BY finished_at, id
   LIMIT :look
), passed AS (
  SELECT id, finished_at, parent_id,
         EXISTS (SELECT 1 FROM millrace.jobs child WHERE child.parent_id = looked.id) AS has_children, NULL::boolean AS more
    FROM looked
   WHERE <filter>
   ORDER BY finished_at, id
   LIMIT :most
)
SELECT * FROM passed
UNION ALL
(SELECT id, finished_at, NULL, NULL, count(*) OVER () = :look FROM looked ORDER BY finished_at DESC, id DESC LIMIT 1)
 ORDER BY more NULLS FIRST, finished_at, id
