-- One row: how many queue workers have a lease that has not ended.
SELECT count(*)::integer
  FROM millrace.queue_workers
 WHERE state <> 'stopped' AND lease_until > clock_timestamp()
