-- One node at a time, until its transaction ends.
SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended('millrace.mirror', 0))) locked
