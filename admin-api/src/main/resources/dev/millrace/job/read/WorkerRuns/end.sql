-- The last of the :look runs that were read, or none: there are fewer.
SELECT id FROM millrace.jobs
 WHERE background_worker = :workerName AND id < :before
 ORDER BY id DESC
OFFSET :look - 1
 LIMIT 1
