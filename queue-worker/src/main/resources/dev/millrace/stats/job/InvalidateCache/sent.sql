-- One row: the invalidation was sent to the cache.
UPDATE millrace.cache_invalidations SET sent_at = clock_timestamp() WHERE id = :id
