-- Jobs that are recorded as completed under a fence that never committed an effect.
SELECT 'job ' || j.id || ' is completed under fence ' || j.fence || ', which committed no effect'
  FROM millrace.jobs j
 WHERE j.kind = 'drill.mixed' AND j.state = 'completed'
   AND NOT EXISTS (SELECT FROM drill.effects e WHERE e.job_id = j.id
                    AND (e.fence = j.fence OR EXISTS (SELECT FROM millrace.jobs c WHERE c.parent_id = j.id)))
