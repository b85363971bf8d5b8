-- Where stats jobs and what follows them go: one place that the API, the schedule, the view and SQL read.

CREATE TABLE millrace.stats_settings (
  one_row boolean PRIMARY KEY DEFAULT true CHECK (one_row),
  -- QUEUE_NAME, as the API that started last was told it.
  queue   millrace.queue_name NOT NULL DEFAULT 'default'
);
INSERT INTO millrace.stats_settings DEFAULT VALUES;

CREATE FUNCTION millrace.stats_queue() RETURNS text LANGUAGE sql STABLE AS $$
  SELECT queue::text FROM millrace.stats_settings
$$;

-- Has stats jobs go to a queue, those that wait in the one before too. Answers how many these are; null: it is the queue already.
CREATE FUNCTION millrace.tell_stats_queue(queue text) RETURNS bigint LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  before text;
  moved bigint;
BEGIN
  SELECT s.queue INTO before FROM millrace.stats_settings s FOR UPDATE;
  IF before = $1 THEN
    RETURN NULL;
  END IF;
  UPDATE millrace.stats_settings SET queue = $1;
  UPDATE millrace.jobs
     SET queue = $1
   WHERE id IN (
     SELECT id FROM millrace.jobs
      WHERE queue = before AND kind IN ('stats.update', 'cache.invalidate') AND state IN ('scheduled', 'queued')
        FOR UPDATE SKIP LOCKED);
  GET DIAGNOSTICS moved = ROW_COUNT;
  RETURN moved;
END $$;

---- On cron ----------------------------------------------------------------------------------------------------------------

-- Null: the queue of stats jobs, whichever that is. One that an admin has set stays.
ALTER TABLE public.background_workers
  ALTER COLUMN queue DROP NOT NULL,
  ADD CHECK (queue IS NOT NULL OR coalesce(kind = 'stats.update', false));

SELECT millrace.seed_background_worker('stats_update', '{"queue": null}')
  FROM public.background_workers WHERE worker_name = 'stats_update' AND kind = 'stats.update';

---- Enqueue ----------------------------------------------------------------------------------------------------------------

-- Enqueues a stats job in the caller's transaction, into the queue of stats jobs unless another is named. The same request gives
-- the same job, as long as that is kept.
CREATE OR REPLACE FUNCTION millrace.enqueue_stats(
  triggered_by text,
  request_id   text DEFAULT NULL,
  queue        text DEFAULT NULL,
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
           queue => coalesce($3, millrace.stats_queue()),
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

-- Enqueues the job that sends an invalidation, sent before or not; answers with it, or with the one that is at it.
-- Null: there is no such invalidation.
CREATE OR REPLACE FUNCTION millrace.send_cache_invalidation(invalidation_id bigint) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  sender bigint;
  fresh boolean;
  place record;
BEGIN
  -- With its stats job, while somebody claims from there.
  SELECT CASE WHEN EXISTS (SELECT FROM millrace.queue_workers w
                            WHERE j.queue = ANY (w.queues) AND w.lease_until > clock_timestamp())
              THEN j.queue ELSE millrace.stats_queue() END AS queue,
         coalesce(j.priority, 1) AS priority
    INTO place
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

-- What SQL may do to a stats job: what the API does. Runs with its owner's rights, so that a role needs rights to the view alone.
CREATE OR REPLACE FUNCTION millrace.change_background_job_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  changed text;
  job bigint;
BEGIN
  IF TG_OP = 'INSERT' THEN
    IF coalesce(NEW.job_type, 'stats_update') <> 'stats_update' THEN
      RAISE EXCEPTION 'job_type: must be stats_update, was ''%''', NEW.job_type USING ERRCODE = '22023';
    END IF;
    IF coalesce(NEW.status, 'queued') <> 'queued' THEN
      RAISE EXCEPTION 'status: a new job is queued, was ''%''', NEW.status USING ERRCODE = '22023';
    END IF;
    SELECT e.job_id INTO job
      FROM millrace.enqueue_stats(
             coalesce(NEW.triggered_by, NEW.payload->>'triggeredBy', 'admin'),
             coalesce(NEW.request_id, NEW.payload->>'requestId'), NEW.queue_name) e;
    SELECT * INTO NEW FROM public.background_job_status s WHERE s.id = job::text;
    RETURN NEW;
  END IF;

  job := OLD.id::bigint;
  IF TG_OP = 'DELETE' THEN
    -- A job that is not finished stays: it would run on and nobody could see it.
    DELETE FROM millrace.jobs j WHERE j.id = job AND j.finished_at IS NOT NULL;
    RETURN CASE WHEN FOUND THEN OLD END;
  END IF;

  SELECT string_agg(n.key, ', ') INTO changed
    FROM jsonb_each(to_jsonb(NEW)) n
    JOIN jsonb_each(to_jsonb(OLD)) o ON o.key = n.key AND o.value <> n.value
   WHERE n.key NOT IN ('status', 'retry_count');
  IF changed IS NOT NULL THEN
    RAISE EXCEPTION '%: only status and retry_count can be changed, to retry a job', changed USING ERRCODE = '0A000';
  END IF;
  IF (NEW.status, NEW.retry_count) IS NOT DISTINCT FROM (OLD.status, OLD.retry_count) THEN
    RETURN NEW;
  END IF;
  IF NEW.status IS DISTINCT FROM 'queued' THEN
    RAISE EXCEPTION 'status: can be set to ''queued'' alone, was ''%''', coalesce(NEW.status, 'null') USING ERRCODE = '22023';
  END IF;
  IF NOT millrace.retry_stats(job) THEN
    RAISE EXCEPTION 'job % is %; only a failed or cancelled job can be retried', job, OLD.status USING ERRCODE = '55000';
  END IF;
  SELECT * INTO NEW FROM public.background_job_status s WHERE s.id = OLD.id;
  RETURN NEW;
END $$;
