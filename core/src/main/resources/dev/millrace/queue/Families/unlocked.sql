-- Those of some jobs that no other transaction has locked, nor any of their parents. They stay locked until this transaction ends.
WITH RECURSIVE line AS (
  SELECT id AS job, id, parent_id FROM millrace.jobs WHERE id = ANY (:ids)
  UNION ALL
  SELECT line.job, parent.id, parent.parent_id FROM line JOIN millrace.jobs parent ON parent.id = line.parent_id
), free AS MATERIALIZED (
  SELECT id FROM millrace.jobs WHERE id IN (SELECT id FROM line) FOR NO KEY UPDATE SKIP LOCKED
)
SELECT line.job
  FROM line
  LEFT JOIN free ON free.id = line.id
 GROUP BY line.job
HAVING bool_and(free.id IS NOT NULL)
