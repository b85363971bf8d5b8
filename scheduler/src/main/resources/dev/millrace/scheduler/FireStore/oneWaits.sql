-- A run that has not begun; at most one.
SELECT id FROM millrace.jobs WHERE lock_key = :lockKey AND state = 'queued'
UNION ALL
SELECT id FROM millrace.jobs WHERE lock_key = :lockKey AND state = 'scheduled'
LIMIT 1
