-- Attempts that completed their job, all at once; a stale fence changes nothing.
UPDATE millrace.jobs j
   SET state = 'completed', finished_at = clock_timestamp(), error = NULL, result = ended.result::jsonb
  FROM unnest(?::bigint[], ?::bigint[], ?::text[]) AS ended (id, fence, result)
 WHERE j.id = ended.id AND j.fence = ended.fence AND j.state = 'processing'
RETURNING j.id
