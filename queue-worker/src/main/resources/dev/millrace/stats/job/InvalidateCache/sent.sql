-- One row: the cache has been told.
UPDATE millrace.cache_invalidations SET sent_at = clock_timestamp() WHERE id = :id
