-- Acknowledged jobs that are not there, or that nothing moves on any more.
SELECT 'job ' || acked.id || CASE WHEN j.id IS NULL THEN ' was acknowledged and is not there'
                                  ELSE ' was acknowledged and is still ' || j.state || ' at attempt ' || j.attempt END
  FROM acked
  LEFT JOIN millrace.jobs j ON j.id = acked.id
 WHERE j.id IS NULL OR j.state NOT IN ('completed', 'failed', 'cancelled')
UNION ALL
SELECT 'id ' || id || ' was acknowledged for ' || count(*) || ' jobs: the first of them are lost'
  FROM acked
 GROUP BY id
HAVING count(*) > 1
