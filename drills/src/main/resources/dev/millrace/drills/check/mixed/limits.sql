-- Moments at which more jobs of a limit key were processing than its limit allows, by the order of the commits.
WITH changes AS (
  SELECT j.limit_key, j.limit_max, h.job_id, pg_xact_commit_timestamp(h.xid) AS at,
         CASE WHEN h.state = 'processing' THEN 1 ELSE -1 END AS change
    FROM drill.history h
    JOIN millrace.jobs j ON j.id = h.job_id
   WHERE j.limit_key IS NOT NULL AND (h.state = 'processing' OR h.old_state = 'processing')
), running AS (
  SELECT *, sum(change) OVER (PARTITION BY limit_key ORDER BY at, change) AS jobs FROM changes
)
SELECT 'limit key ' || limit_key || ' had ' || jobs || ' jobs at ' || at || ', may have ' || limit_max
  FROM running
 WHERE jobs > limit_max
