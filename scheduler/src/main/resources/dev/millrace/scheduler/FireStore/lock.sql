-- One fire of a background worker at a time, until its transaction ends.
SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(:lockKey, 1))) locked
