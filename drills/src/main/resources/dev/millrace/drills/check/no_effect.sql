-- Jobs that are recorded as completed under a fence that never committed an effect.
SELECT 'job ' || j.id || ' is completed under fence ' || j.fence || ', which committed no effect; effects: '
       || (SELECT count(*) FROM drill.effects e WHERE e.job_id = j.id)
  FROM millrace.jobs j
 WHERE j.kind = 'drill.effect' AND j.state = 'completed'
   AND NOT EXISTS (SELECT 1 FROM drill.effects e WHERE e.job_id = j.id AND e.fence = j.fence)
 ORDER BY j.id
