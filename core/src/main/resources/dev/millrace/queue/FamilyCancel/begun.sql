-- Cancels that are not complete, the oldest first.
SELECT job_id FROM millrace.family_cancels ORDER BY requested_at LIMIT 100
