-- Stats jobs as applications have read them so far, in one table that operators change by SQL.

-- A security barrier: a condition of the reader sees no row that the view leaves out.
CREATE OR REPLACE VIEW public.background_job_status WITH (security_barrier = true) AS
SELECT id::text AS id, 'stats_update' AS job_type,
       CASE state WHEN 'scheduled' THEN 'queued' WHEN 'waiting' THEN 'processing' WHEN 'cancelled' THEN 'failed' ELSE state END AS status,
       priority::integer AS priority, payload::jsonb AS payload,
       coalesce(payload->>'triggered_by', CASE trigger WHEN 'schedule' THEN 'cron' ELSE 'admin' END) AS triggered_by,
       payload->'request_ids'->>0 AS request_id,
       -- Of a job that waits: the attempts it has had; each next one is a retry.
       CASE WHEN state IN ('scheduled', 'queued') THEN attempt ELSE greatest(attempt - 1, 0) END AS retry_count, created_at,
       run_at AS scheduled_at, started_at, finished_at AS completed_at,
       (extract(epoch FROM finished_at - started_at) * 1000)::bigint AS processing_duration_ms,
       error AS error_message, result AS results, worker_id, queue::text AS queue_name
  FROM millrace.jobs
 WHERE kind = 'stats.update';

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
    -- A job that is not finished stays: deleted, it would run on unseen.
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

CREATE OR REPLACE TRIGGER change_background_job_status INSTEAD OF INSERT OR UPDATE OR DELETE ON public.background_job_status
  FOR EACH ROW EXECUTE FUNCTION millrace.change_background_job_status();

-- The role that may only read: GRANT millrace_readonly TO a_user. On a server where we may not create roles there is none.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace_readonly') THEN
    BEGIN
      CREATE ROLE millrace_readonly NOLOGIN;
    EXCEPTION WHEN insufficient_privilege OR duplicate_object OR unique_violation THEN
      RAISE NOTICE 'the role millrace_readonly was not made: %', SQLERRM;
    END;
  END IF;
  IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = 'millrace_readonly') THEN
    GRANT SELECT ON public.background_job_status TO millrace_readonly;
  END IF;
END $$;

REVOKE ALL ON FUNCTION millrace.change_background_job_status FROM PUBLIC;
