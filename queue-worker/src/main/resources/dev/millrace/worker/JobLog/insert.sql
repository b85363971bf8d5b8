-- The lines of jobs that still exist and that no other transaction has locked, in order. Returns the places of the lines whose jobs
-- are locked.
WITH free AS MATERIALIZED (
  SELECT id FROM millrace.jobs WHERE id = ANY (:jobIds) FOR KEY SHARE SKIP LOCKED
), noted AS (
  INSERT INTO millrace.job_logs (job_id, attempt, level, message)
  SELECT line.job_id, line.attempt, line.level, line.message
    FROM unnest(:jobIds, :attempts, :levels, :messages) WITH ORDINALITY AS line (job_id, attempt, level, message, n)
    JOIN free ON free.id = line.job_id
   ORDER BY line.n
)
SELECT line.n
  FROM unnest(:jobIds) WITH ORDINALITY AS line (job_id, n)
 WHERE NOT EXISTS (SELECT 1 FROM free WHERE free.id = line.job_id)
   AND EXISTS (SELECT 1 FROM millrace.jobs j WHERE j.id = line.job_id)
 ORDER BY line.n
