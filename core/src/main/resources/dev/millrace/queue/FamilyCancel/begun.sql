-- Cancels that have not come to their end, those first that were asked for first.
SELECT job_id FROM millrace.family_cancels ORDER BY requested_at LIMIT 100
