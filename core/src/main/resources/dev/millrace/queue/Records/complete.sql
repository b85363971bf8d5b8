-- Attempts that completed their job without a result, all at once; a stale fence changes nothing.
UPDATE millrace.jobs j
   SET state = 'completed', finished_at = clock_timestamp(), error = NULL
  FROM unnest(?::bigint[], ?::bigint[]) AS ended (id, fence)
 WHERE j.id = ended.id AND j.fence = ended.fence AND j.state = 'processing'
RETURNING j.id
