-- Parents that ended before a child of theirs did, and children that came after their parent's end, by the order of the commits.
WITH ended AS (
  SELECT job_id, max(pg_xact_commit_timestamp(xid)) AS at
    FROM drill.history
   WHERE state IN ('completed', 'failed', 'cancelled')
   GROUP BY job_id
)
SELECT 'job ' || parent.id || ' (' || parent.kind || ') ended at ' || p.at || ', its child ' || child.id || ' '
       || coalesce('at ' || c.at, 'has not ended')
  FROM millrace.jobs child
  JOIN millrace.jobs parent ON parent.id = child.parent_id
  JOIN ended p ON p.job_id = parent.id
  LEFT JOIN ended c ON c.job_id = child.id
 WHERE c.at IS NULL OR c.at > p.at
