-- One row: this worker claims whatever there is again.
UPDATE millrace.queue_workers SET reserved_until = NULL WHERE worker_id = ?
