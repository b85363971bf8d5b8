-- Our processes that have a lease, or have shown a sign of life in the last minute.
SELECT format('%s (queue worker on %s, pid %s)', worker_id, host, pid)
  FROM millrace.queue_workers
 WHERE state <> 'stopped' AND (lease_until > clock_timestamp() OR heartbeat_at > clock_timestamp() - interval '1 minute')
UNION ALL
SELECT format('%s (scheduler on %s, pid %s)', node, host, pid)
  FROM millrace.scheduler_nodes
 WHERE checked_in_at > clock_timestamp() - interval '1 minute'
    OR node IN (SELECT l.node FROM millrace.leader l WHERE l.lease_until > clock_timestamp())
