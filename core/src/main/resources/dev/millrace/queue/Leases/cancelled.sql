-- The jobs of a worker that someone wants stopped.
SELECT id FROM millrace.jobs WHERE worker_id = ? AND state = 'processing' AND cancel_requested_at IS NOT NULL
