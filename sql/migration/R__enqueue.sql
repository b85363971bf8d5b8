-- Enqueues a job in the caller's transaction, from any language: the job exists exactly if that commits, and is visible to
-- queue workers within a second of it. Answers with the new job, or with the one that holds the unique key.
--
-- debounce: the job waits this long after the last call with its unique key, and takes what that call brought; max_wait from
-- the first call at the most. A job of the key that has started does not change, also while it waits for its next attempt: one runs,
-- one waits, and the latest payload wins.
-- leading_edge: the first call after a quiet debounce runs at once; those that follow it make one more job when they are over.
-- parent_id: a job that is processing or waiting; it does not end before this one has.
-- throttle: after a job of the unique key was enqueued, calls within this time are answered with it.
-- merge: what a later call does to the payload of the waiting job: 'replace' it, 'keep' it, or make a 'union' (fields of the
-- new one win, arrays of both are joined without doubles).
--
-- Runs with its owner's rights, so that a caller needs EXECUTE and no right to a table. Every argument has a type of Postgres itself: no
-- code of the caller runs here. Not for PUBLIC: a role that may call it may enqueue a job of any kind, unless enqueue_grants has a row
-- for it.
--
-- A kind that no queue worker has registered yet is accepted, and its jobs wait until one does; see refuse_unknown_kinds.
CREATE OR REPLACE FUNCTION millrace.enqueue(
  kind text, payload jsonb DEFAULT '{}', queue text DEFAULT 'default', priority integer DEFAULT 0,
  delay interval DEFAULT interval '0', unique_key text DEFAULT NULL, lock_key text DEFAULT NULL, on_busy text DEFAULT 'wait',
  limit_key text DEFAULT NULL, limit_max integer DEFAULT NULL, max_attempts integer DEFAULT NULL, debounce interval DEFAULT NULL,
  max_wait interval DEFAULT NULL, throttle interval DEFAULT NULL, merge text DEFAULT 'replace', leading_edge boolean DEFAULT false,
  start_by timestamptz DEFAULT NULL, finish_by timestamptz DEFAULT NULL, run_timeout interval DEFAULT NULL, callback jsonb DEFAULT NULL,
  trigger text DEFAULT 'sql', background_worker text DEFAULT NULL, parent_id bigint DEFAULT NULL, OUT job_id bigint, OUT created boolean
) LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  at timestamptz := clock_timestamp();
  attempts integer;
  most_bytes integer;
  fields jsonb;
  wait interval := coalesce(enqueue.debounce, enqueue.delay);
  holder bigint;
  wrong text;
BEGIN
  SELECT coalesce(enqueue.max_attempts, (k.defaults->>'max_attempts')::integer, 3),
         coalesce((k.defaults->>'payload_bytes')::integer, 262144), k.payload_fields
    INTO attempts, most_bytes, fields
    FROM millrace.kinds k WHERE k.kind = enqueue.kind;
  IF NOT FOUND THEN
    wrong := millrace.job_rule('kind', enqueue.kind);
    IF wrong IS NULL AND EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = 'millrace.jobs'::regclass AND c.conname = 'jobs_kind_is_known') THEN
      wrong := format('kind: no queue worker knows %L, and unknown kinds are refused; known kinds are in millrace.kinds', enqueue.kind);
    END IF;
    IF wrong IS NOT NULL THEN
      RAISE EXCEPTION '%', wrong USING ERRCODE = '22023';
    END IF;
    attempts := coalesce(enqueue.max_attempts, 3);
    most_bytes := 262144;
    fields := '[]';
  END IF;
  IF EXISTS (SELECT FROM millrace.enqueue_grants) THEN
    wrong := coalesce(
      millrace.ungranted(enqueue.kind, enqueue.queue),
      CASE WHEN enqueue.callback IS NOT NULL
           THEN millrace.ungranted(enqueue.callback->>'kind', coalesce(enqueue.callback->>'queue', 'default')) END,
      CASE WHEN enqueue.parent_id IS NOT NULL OR enqueue.background_worker IS NOT NULL THEN millrace.ungranted('any other', 'any other') END);
    IF wrong IS NOT NULL THEN
      RAISE EXCEPTION '%', wrong USING ERRCODE = '42501', HINT = 'see millrace.enqueue_grants';
    END IF;
  END IF;
  IF jsonb_typeof(enqueue.payload) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'payload: must be a JSON object, was %', coalesce(jsonb_typeof(enqueue.payload), 'null') USING ERRCODE = '22023';
  END IF;
  IF octet_length(enqueue.payload::text) > most_bytes THEN
    RAISE EXCEPTION 'payload: must have at most % bytes, had %', most_bytes, octet_length(enqueue.payload::text) USING ERRCODE = '22023';
  END IF;
  PERFORM millrace.check_payload(enqueue.kind, enqueue.payload, fields);
  -- The same rules stand in the types of the columns, which cannot say which field they refuse.
  wrong := coalesce(
    CASE WHEN enqueue.priority IS DISTINCT FROM 0 THEN millrace.job_rule('priority', enqueue.priority::text) END,
    CASE WHEN enqueue.queue IS DISTINCT FROM 'default' THEN millrace.job_rule('queue', enqueue.queue) END,
    CASE
    WHEN enqueue.delay < interval '0' THEN format('delay: must not be negative, was %s', enqueue.delay)
    WHEN length(enqueue.unique_key) NOT BETWEEN 1 AND 200
      THEN format('unique_key: must have 1 to 200 characters, had %s', length(enqueue.unique_key))
    WHEN length(enqueue.lock_key) NOT BETWEEN 1 AND 200
      THEN format('lock_key: must have 1 to 200 characters, had %s', length(enqueue.lock_key))
    WHEN length(enqueue.limit_key) NOT BETWEEN 1 AND 200
      THEN format('limit_key: must have 1 to 200 characters, had %s', length(enqueue.limit_key))
    WHEN (enqueue.limit_key IS NULL) <> (enqueue.limit_max IS NULL) THEN 'limit_max: limit_key and limit_max need each other'
    WHEN enqueue.limit_max NOT BETWEEN 1 AND 1000 THEN format('limit_max: must be 1 to 1000, was %s', enqueue.limit_max)
    WHEN enqueue.on_busy IS NULL OR enqueue.on_busy NOT IN ('wait', 'skip')
      THEN format('on_busy: must be wait or skip, was %L', left(enqueue.on_busy, 200))
    WHEN enqueue.max_attempts NOT BETWEEN 1 AND 1000 THEN format('max_attempts: must be 1 to 1000, was %s', enqueue.max_attempts)
    WHEN enqueue.run_timeout <= interval '0' THEN format('run_timeout: must be above 0, was %s', enqueue.run_timeout)
    WHEN enqueue.unique_key IS NULL AND (enqueue.debounce IS NOT NULL OR enqueue.throttle IS NOT NULL)
      THEN 'unique_key: debounce and throttle need one'
    WHEN enqueue.debounce IS NOT NULL AND enqueue.throttle IS NOT NULL THEN 'throttle: cannot be combined with debounce'
    WHEN enqueue.debounce < interval '0' THEN format('debounce: must not be negative, was %s', enqueue.debounce)
    WHEN enqueue.throttle < interval '0' THEN format('throttle: must not be negative, was %s', enqueue.throttle)
    WHEN enqueue.max_wait < enqueue.debounce THEN format('max_wait: must be at least debounce, was %s', enqueue.max_wait)
    WHEN enqueue.merge IS NULL OR enqueue.merge NOT IN ('replace', 'keep', 'union')
      THEN format('merge: must be replace, keep or union, was %L', left(enqueue.merge, 200))
    WHEN enqueue.trigger IS NULL OR enqueue.trigger NOT IN ('api', 'sql', 'schedule', 'manual', 'table', 'parent', 'cli', 'demo')
      THEN format('trigger: must be api, sql, schedule, manual, table, parent, cli or demo, was %L', left(enqueue.trigger, 200))
    WHEN jsonb_typeof(enqueue.callback) <> 'object' THEN format('callback: must be a JSON object, was %s', jsonb_typeof(enqueue.callback))
    WHEN jsonb_typeof(enqueue.callback->'payload') <> 'object'
      THEN format('callback.payload: must be a JSON object, was %s', jsonb_typeof(enqueue.callback->'payload'))
    WHEN enqueue.callback IS NOT NULL THEN 'callback.' || coalesce(
      millrace.job_rule('kind', enqueue.callback->>'kind'), millrace.job_rule('queue', coalesce(enqueue.callback->>'queue', 'default')),
      millrace.job_rule('priority', coalesce(enqueue.callback->>'priority', '0')))
    END);
  IF wrong IS NOT NULL THEN
    RAISE EXCEPTION '%', wrong USING ERRCODE = '22023';
  END IF;

  IF enqueue.throttle IS NOT NULL THEN
    -- One caller at a time per key, so that two first calls do not both find nothing.
    PERFORM pg_advisory_xact_lock(hashtextextended('millrace.throttle:' || enqueue.kind || ':' || enqueue.unique_key, 0));
    SELECT j.id INTO holder FROM millrace.jobs j
     WHERE j.unique_key = enqueue.unique_key AND j.kind = enqueue.kind AND j.created_at > at - enqueue.throttle
     ORDER BY j.id DESC LIMIT 1;
    IF FOUND THEN
      job_id := holder;
      created := false;
      RETURN;
    END IF;
  END IF;

  IF enqueue.parent_id IS NOT NULL THEN
    -- The parent waits for one more. Its row is locked until the caller's transaction ends, so that it cannot end before.
    UPDATE millrace.jobs j SET children_left = children_left + 1, children_total = children_total + 1
     WHERE j.id = enqueue.parent_id AND j.state IN ('processing', 'waiting');
    IF NOT FOUND THEN
      RAISE EXCEPTION 'parent_id: must be a job that is processing or waiting, was %', enqueue.parent_id USING ERRCODE = '22023';
    END IF;
  END IF;

  IF enqueue.leading_edge AND enqueue.debounce IS NOT NULL THEN
    PERFORM pg_advisory_xact_lock(hashtextextended('millrace.leading:' || enqueue.kind || ':' || enqueue.unique_key, 0));
    IF NOT EXISTS (
      SELECT 1 FROM millrace.jobs j
       WHERE j.unique_key = enqueue.unique_key AND j.kind = enqueue.kind AND greatest(j.created_at, j.run_at - enqueue.debounce) > at - enqueue.debounce) THEN
      wait := interval '0';
    END IF;
  END IF;

  FOR tries IN 1..20 LOOP
    INSERT INTO millrace.jobs AS j
      (kind, queue, state, priority, payload, run_at, max_attempts, lock_key, on_busy, limit_key, limit_max, unique_key,
       unique_while, asked_at, start_by, finish_by, run_timeout, callback, trigger, background_worker, parent_id)
    VALUES
      (enqueue.kind, enqueue.queue,
       CASE WHEN wait > interval '0' THEN 'scheduled' ELSE 'queued' END,
       enqueue.priority, enqueue.payload, at + wait, attempts, enqueue.lock_key,
       enqueue.on_busy, enqueue.limit_key, enqueue.limit_max, enqueue.unique_key,
       CASE WHEN enqueue.debounce IS NULL THEN 'unfinished' ELSE 'not_started' END, at, enqueue.start_by, enqueue.finish_by,
       enqueue.run_timeout, enqueue.callback, enqueue.trigger, enqueue.background_worker, enqueue.parent_id)
    ON CONFLICT DO NOTHING
    RETURNING j.id INTO job_id;
    IF FOUND THEN
      created := true;
      RETURN;
    END IF;
    created := false;
    IF enqueue.debounce IS NOT NULL THEN
      UPDATE millrace.jobs j
         SET run_at = CASE WHEN j.state = 'scheduled'
                           THEN least(at + enqueue.debounce, j.asked_at + coalesce(enqueue.max_wait, enqueue.debounce * 10))
                           ELSE j.run_at END,
             payload = CASE enqueue.merge
                         WHEN 'replace' THEN enqueue.payload
                         WHEN 'keep' THEN j.payload
                         ELSE millrace.payload_union(j.payload, enqueue.payload) END
       WHERE j.unique_key = enqueue.unique_key AND j.kind = enqueue.kind AND j.unique_while = 'not_started' AND j.fence = 0
         AND j.state IN ('scheduled', 'queued')
      RETURNING j.id INTO job_id;
    ELSE
      SELECT j.id INTO job_id FROM millrace.jobs j
       WHERE j.unique_key = enqueue.unique_key AND j.kind = enqueue.kind AND j.unique_while = 'unfinished'
         AND j.state IN ('scheduled', 'queued', 'processing', 'waiting');
    END IF;
    IF FOUND THEN
      -- The one that holds the key is no child of ours.
      UPDATE millrace.jobs j SET children_left = children_left - 1, children_total = children_total - 1 WHERE j.id = enqueue.parent_id;
      RETURN;
    END IF;
    -- The holder finished, or was claimed, between the two statements: the key is free again.
  END LOOP;
  RAISE EXCEPTION 'unique_key: ''%'' was taken and freed 20 times during this call; nothing was enqueued', enqueue.unique_key USING ERRCODE = '40001';
END $$;

-- What forbids the caller's role to enqueue such a job; null: nothing. Asked of the login as well as of the role that it has set, so that
-- neither SET ROLE nor RESET ROLE avoids its rows. A role that may insert into the table needs no grant.
CREATE OR REPLACE FUNCTION millrace.ungranted(kind text, queue text) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT format('kind: the role %s may not enqueue jobs of the kind %s into the queue %s', caller.rolname, $1, $2)
    FROM pg_roles caller
   WHERE caller.rolname IN (session_user, current_setting('role'))
     AND NOT has_table_privilege(caller.oid, 'millrace.jobs'::regclass, 'INSERT')
     AND EXISTS (SELECT FROM millrace.enqueue_grants g JOIN pg_roles r ON r.rolname = g.role_name
                  WHERE pg_has_role(caller.oid, r.oid, 'MEMBER'))
     AND NOT EXISTS (SELECT FROM millrace.enqueue_grants g JOIN pg_roles r ON r.rolname = g.role_name
                      WHERE pg_has_role(caller.oid, r.oid, 'MEMBER') AND g.kind IN ('*', $1) AND g.queue IN ('*', $2))
   LIMIT 1
$$;

-- Whether jobs of kinds that no queue worker has registered are refused, from SQL and from Java; they are accepted until this is called.
CREATE OR REPLACE FUNCTION millrace.refuse_unknown_kinds(refuse boolean) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  ALTER TABLE millrace.jobs DROP CONSTRAINT IF EXISTS jobs_kind_is_known;
  IF refuse THEN
    ALTER TABLE millrace.jobs ADD CONSTRAINT jobs_kind_is_known FOREIGN KEY (kind) REFERENCES millrace.kinds (kind) NOT VALID;
  END IF;
END $$;

REVOKE ALL ON FUNCTION millrace.enqueue, millrace.ungranted, millrace.refuse_unknown_kinds FROM PUBLIC;
