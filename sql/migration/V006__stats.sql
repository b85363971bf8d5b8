-- Groups of SQL functions that run together, their outcomes, the cache invalidations, and the flags over them.

CREATE TABLE millrace.stats_groups (
  group_name text PRIMARY KEY CHECK (group_name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  -- A job completes although up to this many of its functions failed.
  tolerate   integer NOT NULL DEFAULT 0 CHECK (tolerate BETWEEN 0 AND 1000),
  -- Post-match calls that come within this time make one job, which waits no longer than max_wait after the first.
  -- Zero: each makes its own.
  debounce   interval NOT NULL DEFAULT interval '5 seconds' CHECK (debounce >= interval '0'),
  max_wait   interval NOT NULL DEFAULT interval '30 seconds',
  CHECK (max_wait >= debounce)
);
-- The group of the calls that name none. Its functions are the application's.
INSERT INTO millrace.stats_groups (group_name) VALUES ('stats');

-- What is run. Only what stands here is ever called: no request names a function.
CREATE TABLE millrace.stats_functions (
  group_name    text NOT NULL REFERENCES millrace.stats_groups,
  -- Without arguments; resolved at each run.
  function_name text NOT NULL CHECK (length(function_name) BETWEEN 1 AND 150),
  -- What is out of date in a cache when the function has committed.
  cache_tags    text[] NOT NULL DEFAULT '{}' CHECK (array_position(cache_tags, NULL) IS NULL AND '' <> ALL (cache_tags)),
  time_limit    interval NOT NULL DEFAULT interval '5 minutes' CHECK (time_limit >= interval '1 millisecond'),
  enabled       boolean NOT NULL DEFAULT true,
  place         integer NOT NULL,
  -- As mv_views has them.
  funcid        oid,
  registered_as text,
  known_as      text,
  registered_by name NOT NULL DEFAULT current_user,
  PRIMARY KEY (group_name, function_name)
);

-- The newest outcome of each function of each job. A completed one is written in the transaction of the function itself: a later
-- attempt of the job does not run it again, and its tags are on record from the moment its figures are.
CREATE TABLE millrace.stats_runs (
  job_id          bigint NOT NULL REFERENCES millrace.jobs (id) ON DELETE CASCADE,
  function_name   text NOT NULL,
  group_name      text NOT NULL,
  status          text NOT NULL CHECK (status IN ('completed', 'failed', 'timed_out')),
  attempt         integer NOT NULL,
  fence           bigint NOT NULL,
  finished_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms     bigint NOT NULL,
  -- That the function wrote.
  rows            bigint,
  error           text,
  cache_tags      text[] NOT NULL,
  -- Null: no invalidation has the tags yet.
  invalidation_id bigint,
  PRIMARY KEY (job_id, function_name),
  CHECK ((error IS NULL) = (status = 'completed'))
);
CREATE INDEX stats_runs_of_function ON millrace.stats_runs (group_name, function_name, finished_at);
CREATE INDEX stats_runs_untold ON millrace.stats_runs (job_id)
  WHERE status = 'completed' AND invalidation_id IS NULL AND cache_tags <> '{}';

-- The outbox: tags that a cache must drop. sent_at is set when the cache has confirmed; until then its job says what happened.
CREATE TABLE millrace.cache_invalidations (
  id              bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stats_job_id    bigint NOT NULL,
  tags            text[] NOT NULL CHECK (cardinality(tags) > 0),
  -- The newest job that was to send it.
  job_id          bigint,
  created_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at         timestamptz
);
CREATE INDEX cache_invalidations_of_job ON millrace.cache_invalidations (stats_job_id);
CREATE INDEX cache_invalidations_by_age ON millrace.cache_invalidations (created_at);

-- Every try, with the key it was made under.
CREATE TABLE millrace.cache_invalidation_tries (
  invalidation_id bigint NOT NULL REFERENCES millrace.cache_invalidations ON DELETE CASCADE,
  idempotency_key text PRIMARY KEY,
  at              timestamptz NOT NULL DEFAULT clock_timestamp(),
  duration_ms     bigint NOT NULL,
  http_status     integer,
  error           text
);
CREATE INDEX cache_invalidation_tries_of_one ON millrace.cache_invalidation_tries (invalidation_id, at);

-- The job of each request: the same request gives the same job.
CREATE TABLE millrace.stats_requests (
  request_id   text PRIMARY KEY CHECK (length(request_id) BETWEEN 1 AND 200),
  job_id       bigint NOT NULL REFERENCES millrace.jobs (id) ON DELETE CASCADE,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX stats_requests_of_job ON millrace.stats_requests (job_id);

-- An admin's value of a flag; without a row the environment's value holds.
CREATE TABLE millrace.flags (
  flag       text PRIMARY KEY
    CHECK (flag IN ('USE_BG_JOBS_GLOBAL', 'USE_BG_JOBS_ADMIN', 'USE_BG_JOBS_CRON', 'USE_BG_JOBS_MATCH')),
  enabled    boolean NOT NULL,
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- The queue of stats jobs: QUEUE_NAME, as the API that started last was given it.
CREATE TABLE millrace.stats_settings (
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  queue   millrace.queue_name NOT NULL DEFAULT 'default'
);
INSERT INTO millrace.stats_settings DEFAULT VALUES;

-- Stats jobs as applications read and change them. A table of that name that was there before is taken over with what it holds.
-- Rows without a number of a job are history.
CREATE TABLE IF NOT EXISTS public.background_job_status (
  id                     text PRIMARY KEY,
  job_type               text NOT NULL DEFAULT 'stats_update',
  status                 text NOT NULL DEFAULT 'queued' CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
  priority               integer,
  payload                jsonb,
  triggered_by           text,
  request_id             text,
  retry_count            integer NOT NULL DEFAULT 0,
  created_at             timestamptz NOT NULL DEFAULT now(),
  scheduled_at           timestamptz,
  started_at             timestamptz,
  completed_at           timestamptz,
  processing_duration_ms bigint,
  error_message          text,
  results                jsonb,
  worker_id              text,
  queue_name             text,
  job_id                 bigint
);
CREATE INDEX IF NOT EXISTS background_job_status_job_id ON public.background_job_status (job_id) WHERE job_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS background_job_status_created_at ON public.background_job_status (created_at);

-- Stats jobs that have changed and are not shown yet, since another transaction had locked their row. Only appended to, so that no
-- change of a job waits here.
CREATE TABLE millrace.stats_jobs_unshown (
  id     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id bigint NOT NULL,
  xact   xid8 NOT NULL DEFAULT pg_current_xact_id()
);
