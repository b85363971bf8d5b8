-- Effects that were committed twice under one fence, and requests that became two jobs.
SELECT 'job ' || job_id || ' committed ' || count(*) || ' effects under fence ' || fence
  FROM drill.effects
 GROUP BY job_id, fence
HAVING count(*) > 1
UNION ALL
SELECT 'number ' || (payload ->> 'number') || ' was enqueued once and is ' || count(*) || ' jobs'
  FROM millrace.jobs
 WHERE kind = 'drill.effect'
 GROUP BY payload ->> 'number'
HAVING count(*) > 1
