-- The queue workers that live, and those that were lost lately, by name.
SELECT w.worker_id, w.name, w.host, w.pid, w.queues, w.concurrency,
       CASE WHEN w.lease_until < clock_timestamp() THEN 'lost' ELSE w.state END AS state,
       (SELECT count(*) FROM millrace.jobs j WHERE j.state = 'processing' AND j.worker_id = w.worker_id) AS running,
       w.started_at, w.heartbeat_at
  FROM millrace.queue_workers w
 WHERE w.state <> 'stopped' AND w.lease_until > clock_timestamp() - interval '5 minutes'
 ORDER BY w.name, w.worker_id
 LIMIT 200
