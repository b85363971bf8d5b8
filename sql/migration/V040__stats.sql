-- Groups of SQL functions that are run together, what came of each, the caches that are told, and the flags over them.

CREATE TABLE millrace.stats_groups (
  group_name text PRIMARY KEY CHECK (group_name ~ '^[a-z][a-z0-9_-]{0,62}$'),
  -- A job completes although so many of its functions failed.
  tolerate   integer NOT NULL DEFAULT 0 CHECK (tolerate BETWEEN 0 AND 1000),
  -- Post-match calls that come within this time make one job, which waits no longer than max_wait after the first.
  -- Zero: each makes its own.
  debounce   interval NOT NULL DEFAULT interval '5 seconds' CHECK (debounce >= interval '0'),
  max_wait   interval NOT NULL DEFAULT interval '30 seconds',
  CHECK (max_wait >= debounce)
);

-- What is run. Only what stands here is ever called: no request names a function.
CREATE TABLE millrace.stats_functions (
  group_name    text NOT NULL REFERENCES millrace.stats_groups,
  -- Without arguments; resolved anew at every run.
  function_name text NOT NULL CHECK (length(function_name) BETWEEN 1 AND 150),
  -- What is out of date in a cache when the function has committed.
  cache_tags    text[] NOT NULL DEFAULT '{}' CHECK (array_position(cache_tags, NULL) IS NULL AND '' <> ALL (cache_tags)),
  time_limit    interval NOT NULL DEFAULT interval '5 minutes' CHECK (time_limit >= interval '1 millisecond'),
  enabled       boolean NOT NULL DEFAULT true,
  place         integer NOT NULL,
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
  -- Null: nobody has been asked to send the tags yet.
  invalidation_id bigint,
  PRIMARY KEY (job_id, function_name),
  CHECK ((error IS NULL) = (status = 'completed'))
);
CREATE INDEX stats_runs_of_function ON millrace.stats_runs (group_name, function_name, finished_at);
CREATE INDEX stats_runs_untold ON millrace.stats_runs (job_id)
  WHERE status = 'completed' AND invalidation_id IS NULL AND cache_tags <> '{}';

-- The outbox: tags that a cache must be told of. Told: sent_at is set. What came of it otherwise, its job says.
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

-- Who asked for which job: the same request gives the same job.
CREATE TABLE millrace.stats_requests (
  request_id   text PRIMARY KEY CHECK (length(request_id) BETWEEN 1 AND 200),
  job_id       bigint NOT NULL REFERENCES millrace.jobs (id) ON DELETE CASCADE,
  requested_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX stats_requests_of_job ON millrace.stats_requests (job_id);

-- An admin's word about a flag; without a row the environment's word holds.
CREATE TABLE millrace.flags (
  flag       text PRIMARY KEY
    CHECK (flag IN ('USE_BG_JOBS_GLOBAL', 'USE_BG_JOBS_ADMIN', 'USE_BG_JOBS_CRON', 'USE_BG_JOBS_MATCH')),
  enabled    boolean NOT NULL,
  reason     text NOT NULL CHECK (length(reason) BETWEEN 1 AND 500),
  changed_by text NOT NULL CHECK (length(changed_by) BETWEEN 1 AND 200),
  changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);

---- Registering ------------------------------------------------------------------------------------------------------------

-- The registered name of a function of a group under any spelling; null: it is not registered.
CREATE FUNCTION millrace.known_stats_function(function_name text, group_name text) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT f.function_name
    FROM millrace.stats_functions f
   WHERE f.group_name = $2
     AND (f.function_name = regexp_replace($1, '\(\)$', '') OR millrace.function_oid(f.function_name) = millrace.function_oid($1))
   ORDER BY f.function_name = regexp_replace($1, '\(\)$', '') DESC
   LIMIT 1
$$;

-- Registers a function without arguments, and its group; called again it changes what is given and keeps the rest.
-- Answers with the registered name.
CREATE FUNCTION millrace.register_stats_function(
  function_name text,
  cache_tags    text[] DEFAULT NULL,
  time_limit    interval DEFAULT NULL,
  enabled       boolean DEFAULT NULL,
  group_name    text DEFAULT 'stats'
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  given ALIAS FOR $1;
  known text := millrace.known_stats_function(given, $5);
BEGIN
  IF millrace.function_oid(given) IS NULL THEN
    RAISE EXCEPTION 'function_name: there is no function %() without arguments', regexp_replace(given, '\(\)$', '')
      USING ERRCODE = '42883', HINT = 'create it first, or write its schema before its name';
  END IF;
  INSERT INTO millrace.stats_groups (group_name) VALUES ($5) ON CONFLICT DO NOTHING;
  INSERT INTO millrace.stats_functions AS f (group_name, function_name, cache_tags, time_limit, enabled, place)
  VALUES ($5, coalesce(known, regexp_replace(given, '\(\)$', '')), coalesce($2, '{}'), coalesce($3, interval '5 minutes'),
          coalesce($4, true), (SELECT coalesce(max(place), 0) + 1 FROM millrace.stats_functions WHERE group_name = $5))
      ON CONFLICT (group_name, function_name) DO UPDATE
     SET cache_tags = coalesce($2, f.cache_tags), time_limit = coalesce($3, f.time_limit), enabled = coalesce($4, f.enabled)
  RETURNING function_name INTO known;
  RETURN known;
END $$;

-- Forgets a function; what came of its runs stays. Answers whether it was registered.
CREATE FUNCTION millrace.unregister_stats_function(function_name text, group_name text DEFAULT 'stats') RETURNS boolean
LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM millrace.stats_functions f
   WHERE f.group_name = $2 AND f.function_name = millrace.known_stats_function($1, $2);
  RETURN FOUND;
END $$;

INSERT INTO millrace.stats_groups (group_name) VALUES ('stats');

INSERT INTO millrace.stats_functions (group_name, place, function_name, cache_tags)
VALUES ('stats', 1, 'update_half_and_full_season_stats', '{season_stats,half_season_stats}'),
       ('stats', 2, 'update_aggregated_all_time_stats', '{all_time_stats}'),
       ('stats', 3, 'update_aggregated_hall_of_fame', '{hall_of_fame}'),
       ('stats', 4, 'update_aggregated_recent_performance', '{recent_performance}'),
       ('stats', 5, 'update_aggregated_season_honours_and_records', '{honour_roll}'),
       ('stats', 6, 'update_aggregated_match_report_cache', '{match_report}'),
       ('stats', 7, 'update_aggregated_personal_bests', '{personal_bests}'),
       ('stats', 8, 'update_aggregated_player_profile_stats', '{player_profile_stats}'),
       ('stats', 9, 'update_aggregated_season_race_data', '{season_race_data}'),
       ('stats', 10, 'update_power_ratings', '{player_power_rating}');

---- Enqueue, retry ---------------------------------------------------------------------------------------------------------

-- Enqueues a stats job in the caller's transaction. The same request gives the same job, as long as that is kept.
CREATE FUNCTION millrace.enqueue_stats(
  triggered_by text,
  request_id   text DEFAULT NULL,
  queue        text DEFAULT 'default',
  group_name   text DEFAULT 'stats',
  OUT job_id   bigint,
  OUT created  boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  settings millrace.stats_groups;
  burst boolean;
BEGIN
  IF $1 IS NULL OR $1 NOT IN ('admin', 'cron', 'post-match') THEN
    RAISE EXCEPTION 'triggered_by: must be admin, cron or post-match, was ''%''', coalesce($1, 'null') USING ERRCODE = '22023';
  END IF;
  SELECT * INTO settings FROM millrace.stats_groups g WHERE g.group_name = $4;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'group_name: there is no group ''%''', $4
      USING ERRCODE = '22023', HINT = 'groups stand in millrace.stats_groups';
  END IF;
  IF $2 IS NOT NULL THEN
    -- One caller at a time per request, so that two first calls do not both find nothing.
    PERFORM pg_advisory_xact_lock(hashtextextended('millrace.stats:' || $2, 0));
    SELECT r.job_id INTO job_id FROM millrace.stats_requests r WHERE r.request_id = $2;
    IF FOUND THEN
      created := false;
      RETURN;
    END IF;
  END IF;
  burst := $1 = 'post-match' AND settings.debounce > interval '0';
  SELECT e.job_id, e.created INTO job_id, created
    FROM millrace.enqueue(
           kind => 'stats.update',
           payload => jsonb_build_object('group', $4, 'triggered_by', $1,
                                         'request_ids', CASE WHEN $2 IS NULL THEN '[]' ELSE jsonb_build_array($2) END),
           queue => $3,
           priority => CASE $1 WHEN 'post-match' THEN 2 ELSE 1 END,
           lock_key => 'stats:' || $4,
           unique_key => CASE WHEN burst THEN 'stats:' || $4 || ':post-match' END,
           debounce => CASE WHEN burst THEN settings.debounce END,
           max_wait => CASE WHEN burst THEN settings.max_wait END,
           merge => 'union',
           trigger => 'api') e;
  IF $2 IS NOT NULL THEN
    INSERT INTO millrace.stats_requests (request_id, job_id) VALUES ($2, job_id);
  END IF;
END $$;

-- Has a stats job run again that failed or was cancelled: the functions that failed, or all of them. False: it is in no such
-- state.
CREATE FUNCTION millrace.retry_stats(job_id bigint, everything boolean DEFAULT false) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
  UPDATE millrace.jobs j
     SET state = 'queued', run_at = clock_timestamp(), finished_at = NULL, cancel_requested_at = NULL, error = NULL,
         start_by = NULL, finish_by = NULL, max_attempts = greatest(max_attempts, attempt + 1)
   WHERE j.id = $1 AND j.kind = 'stats.update' AND j.state IN ('failed', 'cancelled') AND j.attempt < 1000
     AND j.parent_id IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF everything THEN
    PERFORM millrace.hand_over_cache_tags($1);
    DELETE FROM millrace.stats_runs r WHERE r.job_id = $1;
  END IF;
  RETURN true;
END $$;

---- The outbox -------------------------------------------------------------------------------------------------------------

-- Makes one invalidation of the tags of a job's functions that have committed and that nobody was asked to send, and a job that
-- sends it. Null: there are none.
CREATE FUNCTION millrace.hand_over_cache_tags(stats_job_id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  told bigint;
  functions text[];
  tags text[];
BEGIN
  SELECT array_agg(f.function_name) INTO functions
    FROM (SELECT r.function_name FROM millrace.stats_runs r
           WHERE r.job_id = $1 AND r.status = 'completed' AND r.invalidation_id IS NULL AND r.cache_tags <> '{}'
             FOR UPDATE) f;
  IF functions IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(DISTINCT tag ORDER BY tag) INTO tags
    FROM millrace.stats_runs r CROSS JOIN LATERAL unnest(r.cache_tags) tag
   WHERE r.job_id = $1 AND r.function_name = ANY (functions);
  INSERT INTO millrace.cache_invalidations (stats_job_id, tags) VALUES ($1, tags) RETURNING id INTO told;
  UPDATE millrace.stats_runs r SET invalidation_id = told WHERE r.job_id = $1 AND r.function_name = ANY (functions);
  PERFORM millrace.send_cache_invalidation(told);
  RETURN told;
END $$;

-- Enqueues the job that sends an invalidation, sent before or not; answers with it, or with the one that is at it.
-- Null: there is no such invalidation.
CREATE FUNCTION millrace.send_cache_invalidation(invalidation_id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  sender bigint;
  fresh boolean;
  place record;
BEGIN
  SELECT coalesce(j.queue, 'default') AS queue, coalesce(j.priority, 1) AS priority INTO place
    FROM millrace.cache_invalidations i
    LEFT JOIN millrace.jobs j ON j.id = i.stats_job_id
   WHERE i.id = $1
     FOR UPDATE OF i;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT e.job_id, e.created INTO sender, fresh
    FROM millrace.enqueue(
           kind => 'cache.invalidate', payload => jsonb_build_object('invalidation_id', $1), queue => place.queue,
           priority => place.priority, unique_key => 'cache.invalidate:' || $1, trigger => 'parent') e;
  IF fresh THEN
    UPDATE millrace.cache_invalidations i SET job_id = sender, sent_at = NULL WHERE i.id = $1;
  END IF;
  RETURN sender;
END $$;

---- On cron ----------------------------------------------------------------------------------------------------------------

-- Off until somebody switches it on: where the application's own cron calls the API, nothing should run twice.
SELECT millrace.seed_background_worker('stats_update', jsonb_build_object(
         'display_name', 'Stats Update',
         'description', 'Runs every stats function and then tells the caches, as a cron call of the API does.',
         'enabled', false, 'interval_seconds', NULL, 'cron', '0 4 * * *',
         'kind', 'stats.update', 'payload', '{"triggered_by": "cron"}'::jsonb));
