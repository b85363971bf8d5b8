-- Gives a job the unique key of syncs. One row with the unfinished job that has it, and nothing is written; no row: this job has it now.
WITH other AS (
  SELECT id FROM millrace.jobs
   WHERE unique_key = :key AND kind = 'sync.master' AND state IN ('scheduled', 'queued', 'processing', 'waiting') AND id <> :job
   ORDER BY id
   LIMIT 1
), claimed AS (
  UPDATE millrace.jobs SET unique_key = :key, unique_while = 'unfinished'
   WHERE id = :job AND (unique_key IS DISTINCT FROM :key OR unique_while <> 'unfinished') AND NOT EXISTS (SELECT FROM other)
)
SELECT id FROM other
