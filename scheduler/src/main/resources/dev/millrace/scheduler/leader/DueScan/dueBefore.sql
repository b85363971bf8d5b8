-- When the first job is due that is scheduled for a stretch of time; null: none is.
SELECT min(run_at) FROM millrace.jobs WHERE state = 'scheduled' AND run_at >= ? AND run_at < ?
