-- The unfinished job of a kind that holds a unique key: one row at most.
SELECT id FROM millrace.jobs
 WHERE unique_key = ? AND kind = ? AND unique_while = 'unfinished' AND state IN ('scheduled', 'queued', 'processing', 'waiting')
