-- Whether queue workers run and none of them has a master sheet to read: one row.
SELECT EXISTS (SELECT FROM millrace.queue_workers w WHERE w.lease_until > clock_timestamp())
   AND NOT EXISTS (
     SELECT FROM millrace.queue_workers w
      WHERE w.lease_until > clock_timestamp() - interval '30 seconds' AND 'sync.master' = ANY (w.kinds))
