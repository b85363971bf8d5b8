-- Callbacks that were not made exactly once, with the end of their job and not before its children's ends.
WITH wanted AS (
  SELECT id, (callback -> 'payload' ->> 'number')::bigint AS number FROM millrace.jobs WHERE callback IS NOT NULL
), made AS (
  SELECT w.id, w.number, c.id AS callback_id, pg_xact_commit_timestamp(h.xid) AS at
    FROM wanted w
    LEFT JOIN millrace.jobs c ON c.trigger = 'parent' AND c.kind = 'drill.mixed' AND c.parent_id IS NULL
          AND (c.payload ->> 'number')::bigint = w.number
    LEFT JOIN drill.history h ON h.job_id = c.id AND h.old_state IS NULL
), ended AS (
  SELECT job_id, max(pg_xact_commit_timestamp(xid)) AS at
    FROM drill.history
   WHERE state IN ('completed', 'failed', 'cancelled')
   GROUP BY job_id
)
SELECT 'job ' || id || ' has ' || count(callback_id) || ' callbacks'
  FROM made
 GROUP BY id
HAVING count(callback_id) <> 1
UNION ALL
SELECT 'callback ' || m.callback_id || ' of job ' || m.id || ' was made before job ' || e.job_id || ' had ended'
  FROM made m
  JOIN millrace.jobs family ON family.id = m.id OR family.parent_id = m.id
  JOIN ended e ON e.job_id = family.id
 WHERE e.at > m.at
