-- The process has left in good order; what it still holds may be rescued at once.
UPDATE millrace.queue_workers SET state = 'stopped', lease_until = clock_timestamp() WHERE worker_id = :workerId
