-- One row: this worker claims nothing but suspects for a while; or none, as long as another worker that serves the lane does so.
UPDATE millrace.queue_workers w
   SET reserved_until = clock_timestamp() + ? * interval '1 millisecond'
 WHERE worker_id = ?
   AND NOT EXISTS (
     SELECT 1 FROM millrace.queue_workers other
      WHERE other.worker_id <> w.worker_id AND other.reserved_until > clock_timestamp() AND other.lease_until > clock_timestamp()
        AND ? = ANY (other.queues) AND ? = ANY (other.kinds))
