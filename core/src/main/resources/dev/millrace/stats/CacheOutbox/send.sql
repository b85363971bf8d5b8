-- One row: the job that sends it; or none, there is no such invalidation.
SELECT job FROM millrace.send_cache_invalidation(:id) AS job WHERE job IS NOT NULL
