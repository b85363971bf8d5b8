-- Those of some jobs that are queued under a limit, in order.
SELECT id FROM millrace.jobs WHERE id = ANY (?) AND state = 'queued' AND limit_key IS NOT NULL ORDER BY rank
