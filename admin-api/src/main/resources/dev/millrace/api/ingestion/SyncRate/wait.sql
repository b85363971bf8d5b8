-- How long until a job of a unique key may be started again: one row when as many as may be were started within a minute, else none.
SELECT greatest(1, ceil(extract(epoch FROM min(created_at) + interval '1 minute' - clock_timestamp())))::integer AS seconds
  FROM (SELECT created_at FROM millrace.jobs
         WHERE unique_key = :key AND created_at > clock_timestamp() - interval '1 minute'
         ORDER BY created_at DESC
         LIMIT :most) newest
HAVING count(*) >= :most
