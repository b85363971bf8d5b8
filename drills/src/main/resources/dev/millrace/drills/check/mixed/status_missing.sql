-- Jobs that ran, or waited for their children, for a second before and after a read of the status, which did not show them. The status
-- shows the newest hundred of each.
WITH spans AS (
  SELECT job_id, state, pg_xact_commit_timestamp(xid) AS since,
         coalesce(lead(pg_xact_commit_timestamp(xid)) OVER (PARTITION BY job_id ORDER BY seq), 'infinity') AS until
    FROM drill.history
), reads AS (
  SELECT r.seq, r.as_of FROM drill.status_reads r
   WHERE r.error IS NULL
     AND NOT EXISTS (SELECT FROM drill.status_jobs j WHERE j.read = r.seq GROUP BY j.state HAVING count(*) >= 100)
)
SELECT 'job ' || s.job_id || ' was ' || s.state || ' since ' || s.since || ' and is not in the status of ' || r.as_of
  FROM reads r
  JOIN spans s ON s.state IN ('processing', 'waiting') AND s.since < r.as_of - interval '1 s' AND s.until > r.as_of + interval '1 s'
 WHERE NOT EXISTS (SELECT FROM drill.status_jobs shown WHERE shown.read = r.seq AND shown.job_id = s.job_id AND shown.state = s.state)
