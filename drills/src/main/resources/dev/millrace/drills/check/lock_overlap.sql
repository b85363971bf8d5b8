-- Jobs with one lock key that were processing together, by the order of the commits.
WITH held AS (
  SELECT h.job_id, h.lock_key, pg_xact_commit_timestamp(h.xid) AS since,
         (SELECT min(pg_xact_commit_timestamp(left_.xid)) FROM drill.history left_
           WHERE left_.job_id = h.job_id AND left_.seq > h.seq) AS until
    FROM drill.history h
   WHERE h.state = 'processing' AND h.lock_key IS NOT NULL
), in_order AS (
  SELECT job_id, lock_key, since,
         lag(job_id) OVER w AS before, lag(coalesce(until, 'infinity')) OVER w AS before_until
    FROM held
  WINDOW w AS (PARTITION BY lock_key ORDER BY since)
)
SELECT 'job ' || job_id || ' got lock key ' || lock_key || ' while job ' || before || ' held it'
  FROM in_order
 WHERE before_until > since
 ORDER BY since
