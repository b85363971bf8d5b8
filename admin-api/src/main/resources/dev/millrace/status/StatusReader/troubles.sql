-- What the processes that live say is wrong with them, one sentence each.
SELECT 'scheduler node ' || n.node || ': ' || said AS trouble
  FROM millrace.scheduler_nodes n CROSS JOIN LATERAL unnest(n.troubles) said
 WHERE n.checked_in_at > clock_timestamp() - interval '10 s'
UNION ALL
SELECT 'queue worker ' || w.worker_id || ': ' || said
  FROM millrace.queue_workers w CROSS JOIN LATERAL unnest(w.troubles) said
 WHERE w.lease_until > clock_timestamp() AND w.state <> 'stopped'
 ORDER BY trouble
 LIMIT 100
