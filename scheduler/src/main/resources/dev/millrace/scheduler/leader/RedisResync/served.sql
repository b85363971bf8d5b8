-- The lanes that queue workers serve at the moment.
SELECT DISTINCT queue, kind
  FROM millrace.queue_workers w
 CROSS JOIN unnest(w.queues) AS queue
 CROSS JOIN unnest(w.kinds) AS kind
 WHERE w.lease_until > clock_timestamp()
