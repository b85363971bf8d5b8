-- The kinds whose finished jobs are kept for times of their own, in seconds. What an admin wrote counts before what the kind says.
SELECT kind, completed, failed
  FROM (SELECT kind,
               coalesce(extract(epoch FROM keep_completed), (defaults->>'keep_completed_seconds')::numeric)::bigint AS completed,
               coalesce(extract(epoch FROM keep_failed), (defaults->>'keep_failed_seconds')::numeric)::bigint AS failed
          FROM millrace.kinds) own
 WHERE completed IS NOT NULL OR failed IS NOT NULL
 ORDER BY kind
