-- Effects committed after the job had been taken from their attempt, by the order of the commits.
SELECT 'job ' || e.job_id || ' committed an effect of fence ' || e.fence || ' after it had become ' || taken.state
       || ' under fence ' || taken.fence
  FROM drill.effects e
 CROSS JOIN LATERAL (
   SELECT h.state, h.fence
     FROM drill.history h
    WHERE h.job_id = e.job_id
      AND (h.fence > e.fence OR (h.fence = e.fence AND h.state <> 'processing'))
      AND pg_xact_commit_timestamp(h.xid) < pg_xact_commit_timestamp(e.xid)
    ORDER BY h.seq
    LIMIT 1) taken
 ORDER BY e.seq
