-- One row while the claim is the newest: whether a cancel of the job was requested.
SELECT cancel_requested_at IS NOT NULL FROM millrace.jobs WHERE id = ? AND fence = ? AND worker_id = ? AND state = 'processing'
