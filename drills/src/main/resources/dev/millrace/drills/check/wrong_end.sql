-- Jobs that ended otherwise than they had to: one that kills its worker fails, every other completes.
SELECT 'job ' || id || ' is ' || state || ' after attempt ' || attempt || ' of ' || max_attempts || ': ' || coalesce(error, '')
  FROM millrace.jobs
 WHERE kind = 'drill.effect' AND state IN ('completed', 'failed', 'cancelled')
   AND state <> CASE WHEN (payload ->> 'poison')::boolean THEN 'failed' ELSE 'completed' END
 ORDER BY id
