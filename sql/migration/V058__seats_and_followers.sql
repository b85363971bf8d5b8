-- A job that has begun is not in the way of the one of its unique key that waits, and a callback can be enqueued when its turn comes.

-- The seat of the job that waits is for those that have not begun. One that is to be run again, because its attempt failed or its worker
-- was lost, found the seat taken by the next one, and could neither go back nor stay.
DROP INDEX millrace.one_waiting_per_unique_key;
CREATE UNIQUE INDEX one_waiting_per_unique_key ON millrace.jobs (unique_key)
  WHERE unique_key IS NOT NULL AND unique_while = 'waiting' AND fence = 0 AND state IN ('scheduled', 'queued');

-- What follows a job is enqueued in the transaction of its end, which a follower that no job can be would keep from ever coming.
UPDATE millrace.jobs
   SET callback = NULL
 WHERE callback IS NOT NULL AND finished_at IS NULL
   AND NOT (coalesce(callback->>'kind', '') ~ '^[a-z][a-z0-9_.-]{0,99}$'
            AND coalesce(callback->>'queue', 'default') ~ '^[a-z][a-z0-9_-]{0,62}$'
            AND coalesce(callback->>'priority', '0') ~ '^-?(100|\d{1,2})$'
            AND coalesce(jsonb_typeof(callback->'payload'), 'object') = 'object');

ALTER DOMAIN millrace.follower ADD CONSTRAINT follower_is_a_job CHECK (
  VALUE IS NULL
  OR (coalesce(VALUE->>'kind', '') ~ '^[a-z][a-z0-9_.-]{0,99}$'
      AND coalesce(VALUE->>'queue', 'default') ~ '^[a-z][a-z0-9_-]{0,62}$'
      AND coalesce(VALUE->>'priority', '0') ~ '^-?(100|\d{1,2})$'
      AND coalesce(jsonb_typeof(VALUE->'payload'), 'object') = 'object')) NOT VALID;
