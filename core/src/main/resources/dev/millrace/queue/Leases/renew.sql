-- One row, or none: a lease that has ended is not renewed.
UPDATE millrace.queue_workers
   SET heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + :leaseMillis * interval '1 millisecond', state = :state
 WHERE worker_id = :workerId AND lease_until > clock_timestamp() AND state <> 'stopped'
