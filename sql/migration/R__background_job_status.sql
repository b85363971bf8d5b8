-- Stats jobs in the table background_job_status: each change of one is written in its own transaction, and what SQL changes there is done
-- to the job. The table may be the application's own, with columns, types and triggers of its own.

-- What the table shows of a job; null: there is no such job.
CREATE OR REPLACE FUNCTION millrace.stats_job_status(job_id bigint) RETURNS jsonb LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT jsonb_build_object(
           'job_id', id, 'job_type', 'stats_update', 'status',
           CASE state WHEN 'scheduled' THEN 'queued' WHEN 'waiting' THEN 'processing' WHEN 'cancelled' THEN 'failed' ELSE state END,
           'priority', priority,
           'payload', jsonb_strip_nulls(jsonb_build_object('triggeredBy', payload->'triggered_by', 'requestId', payload->'request_ids'->0))
             || CASE jsonb_typeof(payload->'extra') WHEN 'object' THEN payload->'extra' ELSE '{}' END,
           'triggered_by', coalesce(payload->>'triggered_by', CASE trigger WHEN 'schedule' THEN 'cron' ELSE 'admin' END),
           'request_id', payload->'request_ids'->>0,
           -- Of a job that waits: the attempts it has had; each next one is a retry.
           'retry_count', CASE WHEN state IN ('scheduled', 'queued') THEN attempt ELSE greatest(attempt - 1, 0) END,
           'created_at', created_at, 'scheduled_at', run_at,
           'started_at', CASE WHEN state NOT IN ('scheduled', 'queued') THEN started_at END, 'completed_at', finished_at,
           'processing_duration_ms', (extract(epoch FROM finished_at - started_at) * 1000)::bigint,
           'error_message', error, 'results', result, 'worker_id', worker_id, 'queue_name', queue)
    FROM millrace.jobs
   WHERE id = $1 AND kind = 'stats.update'
$$;

-- Brings the rows of a job up to date: writes its first one, changes those it has, deletes them after the job. Waits for no lock of a
-- row or of the table. Null: done; else why not all of it was done.
CREATE OR REPLACE FUNCTION millrace.show_stats_job(job_id bigint) RETURNS text LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '50ms' AS $$
DECLARE
  status jsonb;
  all_rows bigint;
  free tid[];
  stranger text;
  fields text[];
BEGIN
  PERFORM set_config('millrace.mirrors', 'on', true);
  -- A trigger here runs with our rights.
  SELECT format('trigger %I runs a function of %s', t.tgname, p.proowner::regrole) INTO stranger
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
   WHERE t.tgrelid = 'public.background_job_status'::regclass AND NOT t.tgisinternal
     AND NOT pg_has_role(p.proowner, current_user::text, 'MEMBER')
   LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '%, which is not a member of our role', stranger;
  END IF;
  LOCK TABLE public.background_job_status IN ROW EXCLUSIVE MODE NOWAIT;
  SELECT count(*) INTO all_rows FROM public.background_job_status s WHERE s.job_id = $1;
  IF EXISTS (SELECT FROM millrace.jobs j WHERE j.id = $1) THEN
    SELECT array_agg(f.ctid) INTO free
      FROM (SELECT s.ctid FROM public.background_job_status s WHERE s.job_id = $1 FOR NO KEY UPDATE SKIP LOCKED) f;
  ELSE
    SELECT array_agg(f.ctid) INTO free
      FROM (SELECT s.ctid FROM public.background_job_status s WHERE s.job_id = $1 FOR UPDATE SKIP LOCKED) f;
  END IF;
  -- Read when the rows are locked: a later change of the job finds them locked and is noted.
  status := millrace.stats_job_status($1);
  IF status IS NULL THEN
    BEGIN
      DELETE FROM public.background_job_status s WHERE s.ctid = ANY (free);
    EXCEPTION WHEN foreign_key_violation OR restrict_violation THEN
      UPDATE public.background_job_status s SET job_id = NULL WHERE s.ctid = ANY (free);
    END;
  ELSIF all_rows = 0 THEN
    SELECT array_agg(quote_ident(a.attname)) INTO fields
      FROM pg_attribute a
     WHERE a.attrelid = 'public.background_job_status'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND (status ? a.attname OR a.attname = 'id' AND NOT a.atthasdef AND a.attidentity = '');
    EXECUTE format('INSERT INTO public.background_job_status (%1$s) SELECT %1$s FROM jsonb_populate_record(NULL::public.background_job_status, $1)',
                   array_to_string(fields, ', '))
      USING CASE WHEN 'id' = ANY (fields) THEN status || jsonb_build_object('id', $1) ELSE status END;
  ELSE
    SELECT array_agg(format(CASE a.attname WHEN 'retry_count' THEN '%1$I = greatest(s.%1$I, v.%1$I)' ELSE '%1$I = v.%1$I' END, a.attname)) INTO fields
      FROM pg_attribute a
     WHERE a.attrelid = 'public.background_job_status'::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
       AND a.attname = ANY (millrace.shown_of_runs());
    EXECUTE format('UPDATE public.background_job_status s SET %s FROM jsonb_populate_record(NULL::public.background_job_status, $1) v
                     WHERE s.ctid = ANY ($2)', array_to_string(fields, ', ')) USING status, free;
  END IF;
  PERFORM set_config('millrace.mirrors', '', true);
  RETURN CASE WHEN all_rows > coalesce(cardinality(free), 0) THEN 'its row is locked' END;
EXCEPTION WHEN OTHERS THEN  -- which also sets the setting back
  RETURN SQLERRM;
END $$;

-- What a run changes in the row of its job; the other columns are as the row was written.
CREATE OR REPLACE FUNCTION millrace.shown_of_runs() RETURNS text[] LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT '{status,priority,retry_count,scheduled_at,started_at,completed_at,processing_duration_ms,error_message,results,worker_id,queue_name}'::text[]
$$;

-- Shows up to "most" of the jobs that were noted, or those that this transaction noted. Returns why some of them could not be shown,
-- which stay noted.
CREATE OR REPLACE FUNCTION millrace.show_stats_jobs(most integer, own boolean) RETURNS SETOF text LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  noted bigint[];
  one bigint;
  problem text;
BEGIN
  -- Before the jobs are read, so that no note of a later change is lost.
  WITH taken AS (
    DELETE FROM millrace.stats_jobs_unshown u
     WHERE u.id IN (SELECT n.id FROM millrace.stats_jobs_unshown n
                     WHERE NOT own OR n.xact = pg_current_xact_id() ORDER BY n.id LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING u.job_id)
  SELECT array_agg(DISTINCT t.job_id) INTO noted FROM taken t;
  FOREACH one IN ARRAY coalesce(noted, '{}') LOOP
    -- The application's triggers may be slow: the rest is for the next call.
    IF NOT own AND clock_timestamp() > statement_timestamp() + interval '2 seconds' THEN
      INSERT INTO millrace.stats_jobs_unshown (job_id) VALUES (one);
      CONTINUE;
    END IF;
    problem := millrace.show_stats_job(one);
    IF problem IS NOT NULL THEN
      INSERT INTO millrace.stats_jobs_unshown (job_id) VALUES (one);
      RETURN NEXT format('job %s: %s', one, problem);
    END IF;
  END LOOP;
END $$;

-- After each change of a stats job.
CREATE OR REPLACE FUNCTION millrace.mirror_stats_job() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- During a statement on the table its rows cannot be changed from here: they are when it ends. A trigger of the application may take
  -- long, and must not hold up a claim: the leader writes the row.
  IF current_setting('millrace.adopts', true) = 'on'
     OR EXISTS (SELECT FROM pg_trigger t
                 WHERE t.tgrelid = 'public.background_job_status'::regclass AND NOT t.tgisinternal AND t.tgenabled <> 'D'
                   AND t.tgname NOT IN ('millrace_change', 'millrace_show'))
     OR millrace.show_stats_job(coalesce(NEW.id, OLD.id)) IS NOT NULL THEN
    INSERT INTO millrace.stats_jobs_unshown (job_id) VALUES (coalesce(NEW.id, OLD.id));
  END IF;
  RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER mirror_new_stats_job AFTER INSERT ON millrace.jobs
  FOR EACH ROW WHEN (NEW.kind = 'stats.update') EXECUTE FUNCTION millrace.mirror_stats_job();
CREATE OR REPLACE TRIGGER mirror_stats_job AFTER UPDATE ON millrace.jobs
  FOR EACH ROW WHEN (NEW.kind = 'stats.update') EXECUTE FUNCTION millrace.mirror_stats_job();
CREATE OR REPLACE TRIGGER mirror_old_stats_job AFTER DELETE ON millrace.jobs
  FOR EACH ROW WHEN (OLD.kind = 'stats.update') EXECUTE FUNCTION millrace.mirror_stats_job();

-- Enqueues the job of a row. What the row says of its trigger and is none of ours is an admin's.
CREATE OR REPLACE FUNCTION millrace.enqueue_status_row(given jsonb) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  payload jsonb := CASE jsonb_typeof(given->'payload') WHEN 'object' THEN given->'payload' ELSE '{}' END;
  cause text := coalesce(given->>'triggered_by', payload->>'triggeredBy', payload->>'triggered_by', 'admin');
BEGIN
  RETURN (
    SELECT e.job_id
      FROM millrace.enqueue_stats(
             CASE WHEN cause IN ('admin', 'cron', 'post-match') THEN cause ELSE 'admin' END,
             coalesce(given->>'request_id', payload->>'requestId'), given->>'queue_name', priority => (given->>'priority')::integer,
             extra => payload - '{triggeredBy,requestId}'::text[]) e);
END $$;

-- What SQL may do to a stats job: what the API does. Runs with its owner's rights, so that a role needs rights to the table alone.
CREATE OR REPLACE FUNCTION millrace.change_background_job_status() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  changed text[];
  job bigint;
  status jsonb;
BEGIN
  PERFORM set_config('millrace.adopts', 'on', true);
  IF TG_OP = 'DELETE' THEN
    -- A job that is not finished keeps a row: without one it would run on unseen.
    IF NOT EXISTS (SELECT FROM public.background_job_status s WHERE s.job_id = OLD.job_id AND s.id <> OLD.id) THEN
      DELETE FROM millrace.jobs j WHERE j.id = OLD.job_id AND j.finished_at IS NOT NULL;
      IF NOT FOUND AND EXISTS (SELECT FROM millrace.jobs j WHERE j.id = OLD.job_id) THEN
        RETURN NULL;
      END IF;
    END IF;
    RETURN OLD;
  END IF;

  IF TG_OP = 'INSERT' THEN
    IF coalesce(NEW.job_type::text, 'stats_update') <> 'stats_update' THEN
      IF EXISTS (SELECT FROM public.background_job_status s WHERE s.job_type::text = NEW.job_type::text) THEN
        RETURN NEW;  -- of another program that keeps its jobs here
      END IF;
      RAISE EXCEPTION 'job_type: must be stats_update, was ''%''', NEW.job_type USING ERRCODE = '22023';
    END IF;
    IF coalesce(NEW.status::text, 'queued') <> 'queued' THEN
      RAISE EXCEPTION 'status: a new job is queued, was ''%''', NEW.status USING ERRCODE = '22023';
    END IF;
    IF EXISTS (SELECT FROM public.background_job_status s WHERE s.id = NEW.id) THEN
      RETURN NEW;  -- a duplicate: the statement says what becomes of it
    END IF;
    IF pg_typeof(NEW.id) = 'text'::regtype AND NEW.id::text ~ '^[0-9]+$' THEN
      RAISE EXCEPTION 'id: numbers are given by Millrace, was ''%''', left(NEW.id::text, 200) USING ERRCODE = '22023';
    END IF;
    job := millrace.enqueue_status_row(to_jsonb(NEW));
    IF NEW.id IS NULL THEN
      NEW.id := job;
      -- The row of the job that holds the request.
      IF EXISTS (SELECT FROM public.background_job_status s WHERE s.id = NEW.id) THEN
        NEW.id := job || '-' || (SELECT count(*) + 1 FROM public.background_job_status s WHERE s.job_id = job);
      END IF;
    END IF;
    status := millrace.stats_job_status(job) - '{created_at}'::text[];
    IF jsonb_typeof(to_jsonb(NEW)->'payload') = 'object' AND to_jsonb(NEW)->'payload' <> '{}' THEN
      status := status - 'payload';
    END IF;
    NEW := jsonb_populate_record(NEW, status);
    RETURN NEW;
  END IF;

  SELECT array_agg(n.key::text) INTO changed
    FROM jsonb_each(to_jsonb(NEW)) n JOIN jsonb_each(to_jsonb(OLD)) o ON o.key = n.key AND o.value <> n.value
   WHERE n.key = ANY (millrace.shown_of_runs() || '{job_id,job_type,payload,triggered_by,request_id,created_at}'::text[]);
  IF changed IS NULL THEN
    RETURN NEW;
  END IF;
  IF 'job_id' = ANY (changed) THEN
    RAISE EXCEPTION 'job_id: is given by Millrace' USING ERRCODE = '0A000';
  END IF;
  IF NOT EXISTS (SELECT FROM millrace.jobs j WHERE j.id = OLD.job_id) THEN
    -- History, until it is to be done again.
    IF NEW.status::text = 'queued' AND OLD.status::text <> 'queued' AND NEW.job_type::text = 'stats_update' THEN
      job := millrace.enqueue_status_row(to_jsonb(NEW) - '{request_id,queue_name}'::text[] #- '{payload,requestId}');
      NEW := jsonb_populate_record(NEW, millrace.stats_job_status(job) - '{created_at,payload,triggered_by,request_id,retry_count}'::text[]);
    END IF;
    RETURN NEW;
  END IF;
  changed := ARRAY(SELECT c FROM unnest(changed) c
                    WHERE c <> ALL (ARRAY['status', 'retry_count', 'started_at', 'completed_at', 'processing_duration_ms', 'error_message',
                                          'results', 'worker_id']));
  IF changed <> '{}' THEN
    RAISE EXCEPTION '%: only status and retry_count can be changed, and what is known of the failed run cleared, to retry a job',
      array_to_string(changed, ', ') USING ERRCODE = '0A000';
  END IF;
  IF NEW.status::text IS DISTINCT FROM 'queued' THEN
    RAISE EXCEPTION 'status: can be set to ''queued'' alone, was ''%''', coalesce(NEW.status::text, 'null') USING ERRCODE = '22023';
  END IF;
  -- Another row of the job may have had it retried by the same statement.
  IF NOT millrace.retry_stats(OLD.job_id)
     AND NOT (OLD.status::text = 'failed' AND EXISTS (SELECT FROM millrace.jobs j WHERE j.id = OLD.job_id AND j.finished_at IS NULL)) THEN
    RAISE EXCEPTION 'job % is %; only a failed or cancelled job can be retried', OLD.job_id, OLD.status USING ERRCODE = '55000';
  END IF;
  NEW := jsonb_populate_record(NEW, millrace.stats_job_status(OLD.job_id) - '{created_at,payload,triggered_by,request_id,retry_count}'::text[]);
  NEW.retry_count := greatest(NEW.retry_count, (millrace.stats_job_status(OLD.job_id)->>'retry_count')::integer);
  RETURN NEW;
END $$;

-- At the end of a statement on the table: the jobs that it changed.
CREATE OR REPLACE FUNCTION millrace.show_changed_stats_jobs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM set_config('millrace.adopts', '', true);
  PERFORM millrace.show_stats_jobs(100000, true);
  RETURN NULL;
END $$;

-- Neither runs for what show_stats_job writes. A role that sets the same setting must also have the right to change jobs.
CREATE OR REPLACE TRIGGER millrace_change BEFORE INSERT OR UPDATE OR DELETE ON public.background_job_status
  FOR EACH ROW WHEN (pg_catalog.current_setting('millrace.mirrors', true) IS DISTINCT FROM 'on'
                     OR NOT pg_catalog.has_table_privilege('millrace.jobs'::regclass, 'UPDATE'))
  EXECUTE FUNCTION millrace.change_background_job_status();
CREATE OR REPLACE TRIGGER millrace_show AFTER INSERT OR UPDATE OR DELETE ON public.background_job_status
  FOR EACH STATEMENT WHEN (pg_catalog.current_setting('millrace.mirrors', true) IS DISTINCT FROM 'on'
                           OR NOT pg_catalog.has_table_privilege('millrace.jobs'::regclass, 'UPDATE'))
  EXECUTE FUNCTION millrace.show_changed_stats_jobs();

-- FORCE ROW LEVEL SECURITY binds the owner as well: this lets it write the rows of jobs, and nothing else.
DROP POLICY IF EXISTS millrace_mirror ON public.background_job_status;
CREATE POLICY millrace_mirror ON public.background_job_status TO CURRENT_USER
  USING (pg_catalog.current_setting('millrace.mirrors', true) = 'on' OR pg_catalog.current_setting('millrace.adopts', true) = 'on');

REVOKE ALL ON FUNCTION millrace.stats_job_status, millrace.show_stats_job, millrace.shown_of_runs, millrace.show_stats_jobs,
  millrace.mirror_stats_job, millrace.enqueue_status_row, millrace.change_background_job_status, millrace.show_changed_stats_jobs FROM PUBLIC;
