-- One row: the new invalidation; or none, there is nothing to tell.
SELECT id FROM millrace.hand_over_cache_tags(:jobId) AS id WHERE id IS NOT NULL
