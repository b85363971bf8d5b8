-- One row while the fence is the newest; it stays so until this transaction ends.
SELECT 1 FROM millrace.jobs WHERE id = ? AND fence = ? AND state = 'processing' FOR SHARE
