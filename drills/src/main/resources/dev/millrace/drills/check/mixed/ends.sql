-- Jobs that have not ended, or not as their plan says: one whose every attempt throws fails, and so does a parent that must not lose it.
SELECT 'job ' || j.id || ' (' || j.kind || ') is ' || j.state || ' after attempt ' || j.attempt || ': ' || coalesce(j.error, '')
  FROM millrace.jobs j
 WHERE j.kind IN ('drill.mixed', 'batch')
   AND j.state <> CASE
         WHEN (j.payload ->> 'fails')::boolean THEN 'failed'
         WHEN j.on_child_failure = 'fail'
              AND EXISTS (SELECT FROM millrace.jobs c WHERE c.parent_id = j.id AND (c.payload ->> 'fails')::boolean) THEN 'failed'
         ELSE 'completed' END
