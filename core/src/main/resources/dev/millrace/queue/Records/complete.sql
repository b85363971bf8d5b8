-- Attempts that completed their job, all at once; a stale fence changes nothing.
-- CASE, not AND, so that the planner sees only the primary key: by stale statistics it would read all of jobs_processing.
UPDATE millrace.jobs j
   SET state = 'completed', finished_at = clock_timestamp(), error = NULL, result = ended.result::jsonb
  FROM unnest(?::bigint[], ?::bigint[], ?::text[]) AS ended (id, fence, result)
 WHERE j.id = ended.id AND j.fence = ended.fence AND CASE j.state WHEN 'processing' THEN true ELSE false END
RETURNING j.id
