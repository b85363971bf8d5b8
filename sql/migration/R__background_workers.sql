-- What a change of a background worker's row does, by API or by SQL. R__drop_unbegun_runs.sql has what disabling does.

-- What is configuration, in one place. A schedule is one thing: its three columns are kept or changed together.
CREATE OR REPLACE FUNCTION millrace.background_worker_settings() RETURNS text[] LANGUAGE sql IMMUTABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{display_name,description,enabled,interval_seconds,cron,time_zone,jitter_seconds,kind,payload,queue,priority,'
         'misfire_policy,misfire_limit,overlap_policy}'::text[]
$$;

-- A change of configuration, by API or SQL, raises the version and counts as an admin's choice from then on, unless a release makes it. An
-- interval that is set takes the place of a cron expression that was set before.
CREATE OR REPLACE FUNCTION millrace.note_background_worker_change() RETURNS trigger LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  changed text[];
  -- The columns for which the trigger fires. Read from the catalog: who changes a row may have no right to use this schema.
  settings constant text[] := ARRAY(
    SELECT a.attname::text FROM pg_trigger g JOIN pg_attribute a ON a.attrelid = g.tgrelid AND a.attnum = ANY (g.tgattr::int2[])
     WHERE g.tgrelid = TG_RELID AND g.tgname = TG_NAME AND a.attname NOT IN ('paused_by', 'paused_reason'));
  by_release boolean := coalesce(current_setting('millrace.release', true), '') = 'on';
BEGIN
  IF NEW.interval_seconds IS DISTINCT FROM OLD.interval_seconds AND NEW.interval_seconds IS NOT NULL
     AND NEW.cron IS NOT DISTINCT FROM OLD.cron AND NOT by_release THEN
    NEW.cron := NULL;
  END IF;
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
   WHERE old_value.value IS DISTINCT FROM new_value.value AND key = ANY (settings);
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

-- Fires only for statements that name such a column; the queue's own updates name none.
CREATE OR REPLACE TRIGGER background_worker_change
  BEFORE UPDATE OF display_name, description, enabled, interval_seconds, cron, time_zone, jitter_seconds, kind, payload, queue,
                   priority, misfire_policy, misfire_limit, overlap_policy, paused_by, paused_reason
  ON public.background_workers FOR EACH ROW EXECUTE FUNCTION millrace.note_background_worker_change();

-- Makes a background worker, or gives an existing one a release's defaults, as {"column": value}. What an admin has chosen stays.
CREATE OR REPLACE FUNCTION millrace.seed_background_worker(name text, defaults jsonb) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  schedule constant text[] := '{interval_seconds,cron,time_zone}';
  unknown text;
  present public.background_workers;
  wanted public.background_workers;
BEGIN
  SELECT string_agg(key, ', ') INTO unknown FROM jsonb_object_keys(defaults) key WHERE key <> ALL (millrace.background_worker_settings());
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

-- Gives background workers the schedule of a profile. A worker that was disabled for another reason stays disabled; one that ran on demand
-- only is enabled by a profile with a schedule.
CREATE OR REPLACE FUNCTION millrace.apply_schedule_profile(profile text, VARIADIC workers text[]) RETURNS void LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
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

REVOKE ALL ON FUNCTION millrace.background_worker_settings, millrace.note_background_worker_change, millrace.seed_background_worker,
  millrace.apply_schedule_profile FROM PUBLIC;
