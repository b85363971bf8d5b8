-- What else an admin can say of a recurring job, whose value stands when a release brings other defaults, and ready-made schedules.

ALTER TABLE public.background_workers
  -- A run begins up to this long after its slot, so that many workers with the same slot do not begin together.
  ADD COLUMN jitter_seconds integer NOT NULL DEFAULT 0 CHECK (jitter_seconds BETWEEN 0 AND 86400),
  -- Under misfire_policy 'all': of the slots that were missed, so many are made up for, the newest.
  ADD COLUMN misfire_limit  integer NOT NULL DEFAULT 100 CHECK (misfire_limit BETWEEN 1 AND 1000),
  -- Who switched it off, why and when; null while it is enabled.
  ADD COLUMN paused_by      text CHECK (length(paused_by) BETWEEN 1 AND 200),
  ADD COLUMN paused_reason  text CHECK (length(paused_reason) BETWEEN 1 AND 500),
  ADD COLUMN paused_at      timestamptz,
  -- The columns whose value somebody has chosen, by API or by SQL: no release changes them. '{}' gives them back.
  ADD COLUMN admin_set      text[] NOT NULL DEFAULT '{}',
  ADD CHECK (NOT enabled OR (paused_by IS NULL AND paused_reason IS NULL AND paused_at IS NULL));

UPDATE public.background_workers SET admin_set = '{cron,interval_seconds}' WHERE schedule_origin = 'admin';
ALTER TABLE public.background_workers DROP COLUMN schedule_origin;

-- What is configuration, in one place. A schedule is one thing: its three columns are kept or changed together.
CREATE FUNCTION millrace.background_worker_settings() RETURNS text[] LANGUAGE sql IMMUTABLE AS $$
  SELECT '{display_name,description,enabled,interval_seconds,cron,time_zone,jitter_seconds,kind,payload,queue,priority,'
         'misfire_policy,misfire_limit,overlap_policy}'::text[]
$$;

-- A change of configuration, by API or by hand, raises the version and is somebody's choice from then on, unless a release makes it.
CREATE OR REPLACE FUNCTION millrace.note_background_worker_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed text[];
  by_release boolean := coalesce(current_setting('millrace.release', true), '') = 'on';
BEGIN
  IF NEW.enabled THEN
    NEW.paused_by := NULL;
    NEW.paused_reason := NULL;
    NEW.paused_at := NULL;
  ELSIF OLD.enabled AND NOT by_release THEN
    NEW.paused_by := coalesce(NEW.paused_by, session_user);
    NEW.paused_at := coalesce(NEW.paused_at, clock_timestamp());
  END IF;
  SELECT coalesce(array_agg(old_value.key), '{}') INTO changed
    FROM jsonb_each(to_jsonb(OLD)) old_value
    JOIN jsonb_each(to_jsonb(NEW)) new_value USING (key)
   WHERE old_value.value IS DISTINCT FROM new_value.value AND key = ANY (millrace.background_worker_settings());
  IF cardinality(changed) > 0 AND NOT by_release AND NEW.admin_set = OLD.admin_set THEN
    NEW.admin_set := (SELECT array_agg(DISTINCT setting ORDER BY setting) FROM unnest(OLD.admin_set || changed) setting);
  END IF;
  IF cardinality(changed) > 0
     OR (NEW.paused_by, NEW.paused_reason) IS DISTINCT FROM (OLD.paused_by, OLD.paused_reason) THEN
    NEW.version := OLD.version + 1;
    NEW.updated_at := clock_timestamp();
  END IF;
  RETURN NEW;
END $$;

-- Only statements that name such a column pay for the look; the queue's own updates do not.
DROP TRIGGER background_worker_change ON public.background_workers;
CREATE TRIGGER background_worker_change
  BEFORE UPDATE OF display_name, description, enabled, interval_seconds, cron, time_zone, jitter_seconds, kind, payload, queue,
                   priority, misfire_policy, misfire_limit, overlap_policy, paused_by, paused_reason
  ON public.background_workers FOR EACH ROW EXECUTE FUNCTION millrace.note_background_worker_change();

-- A worker that is switched off finishes the run it has begun and begins no other: what its schedule had queued is cancelled.
-- A row that somebody else holds is being claimed: that run has begun.
CREATE FUNCTION millrace.drop_unbegun_runs() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE millrace.jobs
     SET state = 'cancelled', finished_at = clock_timestamp(), error = 'its background worker was disabled before it began'
   WHERE id IN (
     SELECT id FROM millrace.jobs
      WHERE background_worker = NEW.worker_name AND trigger = 'schedule' AND attempt = 0 AND parent_id IS NULL
        AND state IN ('scheduled', 'queued')
        FOR UPDATE SKIP LOCKED);
  RETURN NULL;
END $$;

CREATE TRIGGER background_worker_disabled AFTER UPDATE OF enabled ON public.background_workers
  FOR EACH ROW WHEN (OLD.enabled AND NOT NEW.enabled) EXECUTE FUNCTION millrace.drop_unbegun_runs();

-- Which slot a run is for.
CREATE INDEX fires_by_job ON millrace.fires (job_id) WHERE outcome = 'enqueued';

---- Defaults of a release ----------------------------------------------------------------------------------------------------

-- Makes a background worker, or gives an existing one a release's defaults, as {"column": value}. What an admin has chosen stays.
CREATE FUNCTION millrace.seed_background_worker(name text, defaults jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  schedule constant text[] := '{interval_seconds,cron,time_zone}';
  unknown text;
  present public.background_workers;
  wanted public.background_workers;
BEGIN
  SELECT string_agg(key, ', ') INTO unknown
    FROM jsonb_object_keys(defaults) key WHERE key <> ALL (millrace.background_worker_settings());
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'defaults: a background worker has no setting %', unknown
      USING ERRCODE = '22023', HINT = 'there are ' || array_to_string(millrace.background_worker_settings(), ', ');
  END IF;
  INSERT INTO public.background_workers (worker_name) VALUES (name) ON CONFLICT (worker_name) DO NOTHING;
  SELECT * INTO present FROM public.background_workers WHERE worker_name = name FOR UPDATE;
  wanted := jsonb_populate_record(
    present, defaults - present.admin_set - CASE WHEN present.admin_set && schedule THEN schedule ELSE '{}' END);
  PERFORM set_config('millrace.release', 'on', true);
  UPDATE public.background_workers
     SET display_name = wanted.display_name, description = wanted.description, enabled = wanted.enabled,
         interval_seconds = wanted.interval_seconds, cron = wanted.cron, time_zone = wanted.time_zone,
         jitter_seconds = wanted.jitter_seconds, kind = wanted.kind, payload = wanted.payload, queue = wanted.queue,
         priority = wanted.priority, misfire_policy = wanted.misfire_policy, misfire_limit = wanted.misfire_limit,
         overlap_policy = wanted.overlap_policy
   WHERE worker_name = name AND present IS DISTINCT FROM wanted;
  PERFORM set_config('millrace.release', 'off', true);
END $$;

-- The workloads that come with Millrace, beside the inventory's views and the master sync. They are switched on where there is
-- something to refresh.
SELECT millrace.seed_background_worker('wip_views_refresh', jsonb_build_object(
         'display_name', 'WIP Views Refresh',
         'description', 'Refreshes the WIP views: every two minutes from 6 to 22 h, every ten at night.',
         'enabled', to_regprocedure('refresh_all_wip_views()') IS NOT NULL,
         'interval_seconds', NULL, 'cron', '*/2 6-22 * * *; */10 23,0-5 * * *',
         'kind', 'mv.refresh', 'payload', '{"views": ["refresh_all_wip_views()"]}'::jsonb)),
       millrace.seed_background_worker('feed_mv_refresh', jsonb_build_object(
         'display_name', 'Feed MV Refresh',
         'description', 'Refreshes the community feed by the clock; changes of its tables refresh it within seconds anyway.',
         'enabled', to_regclass('mv_feed_projects') IS NOT NULL,
         'kind', 'mv.refresh', 'payload', '{"views": ["mv_feed_projects"]}'::jsonb));

---- Profiles -----------------------------------------------------------------------------------------------------------------

-- Schedules by the name of where they are good. More can be added by hand.
CREATE TABLE millrace.schedule_profiles (
  profile     text PRIMARY KEY CHECK (profile ~ '^[a-z][a-z0-9_]{0,62}$'),
  description text NOT NULL,
  -- Read in the worker's own time zone; null: no schedule, the worker runs when somebody asks for it.
  cron        text
);

INSERT INTO millrace.schedule_profiles (profile, description, cron)
VALUES ('development', 'Every 5 minutes: enough for testing.', '*/5 * * * *'),
       ('production', 'Every 2 minutes from 6 to 22 h, every 10 minutes at night.', '*/2 6-22 * * *; */10 23,0-5 * * *'),
       ('off_hours', 'Every 15 minutes, while nobody is producing.', '*/15 * * * *'),
       ('on_demand', 'Only when somebody asks for it: control by hand while the load is high.', NULL);

-- Gives background workers the schedule of a profile. A worker that is switched off for a reason of its own stays off; one that
-- ran on demand only is switched on by a profile with a schedule.
CREATE FUNCTION millrace.apply_schedule_profile(profile text, VARIADIC workers text[]) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  on_demand constant text := 'runs on demand only';
  chosen millrace.schedule_profiles;
  unknown text;
BEGIN
  SELECT p.* INTO chosen FROM millrace.schedule_profiles p WHERE p.profile = apply_schedule_profile.profile;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'profile: there is no %', apply_schedule_profile.profile USING ERRCODE = '22023',
      HINT = (SELECT 'there are ' || string_agg(p.profile, ', ' ORDER BY p.profile) FROM millrace.schedule_profiles p);
  END IF;
  SELECT string_agg(name, ', ') INTO unknown
    FROM unnest(workers) name WHERE NOT EXISTS (SELECT FROM public.background_workers b WHERE b.worker_name = name);
  IF unknown IS NOT NULL THEN
    RAISE EXCEPTION 'workers: there is no %', unknown USING ERRCODE = '22023';
  END IF;
  IF chosen.cron IS NULL THEN
    UPDATE public.background_workers b SET enabled = false, paused_by = 'profile ' || chosen.profile, paused_reason = on_demand
     WHERE b.worker_name = ANY (workers) AND b.enabled;
  ELSE
    UPDATE public.background_workers b
       SET cron = chosen.cron, enabled = b.enabled OR b.paused_reason IS NOT DISTINCT FROM on_demand
     WHERE b.worker_name = ANY (workers);
  END IF;
END $$;
