-- One row, or none: a lease that has ended is not renewed.
UPDATE millrace.queue_workers
   SET heartbeat_at = clock_timestamp(), lease_until = clock_timestamp() + ? * interval '1 millisecond', state = ?, troubles = ?
 WHERE worker_id = ? AND lease_until > clock_timestamp() AND state <> 'stopped'
