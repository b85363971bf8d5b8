-- What decides when, and whether, a job may run: pauses, limits, deadlines, debounce; and enqueue for everyone.

-- Nothing is claimed from a paused queue or of a paused kind; '*' stands for all of them.
CREATE TABLE millrace.pauses (
  queue     text NOT NULL DEFAULT '*',
  kind      text NOT NULL DEFAULT '*',
  paused_by text NOT NULL CHECK (paused_by <> ''),
  reason    text NOT NULL CHECK (reason <> ''),
  paused_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (queue, kind)
);

ALTER TABLE millrace.jobs
  -- At most limit_max jobs of a limit key are processing at once, each in a slot of its own.
  ADD COLUMN limit_key   millrace.key_text,
  ADD COLUMN limit_max   smallint CHECK (limit_max BETWEEN 1 AND 1000),
  ADD COLUMN limit_slot  smallint,
  -- Whose jobs the unique key keeps out: 'unfinished' ones, or only those 'waiting' to run, so that one may run beside.
  ADD COLUMN unique_while text NOT NULL DEFAULT 'unfinished' CHECK (unique_while IN ('unfinished', 'waiting')),
  -- The moment a debounced job was first asked for; it never waits longer than its max wait from then.
  ADD COLUMN asked_at    timestamptz,
  -- Not started by then: fails without running. Not finished by then: stopped and failed, whatever attempts are left.
  ADD COLUMN start_by    timestamptz,
  ADD COLUMN finish_by   timestamptz,
  -- The longest one attempt may run; null: the kind's.
  ADD COLUMN run_timeout interval CHECK (run_timeout > interval '0'),
  -- What a lock key that is held does to the job: it waits its turn, or is cancelled as not needed.
  ADD COLUMN on_busy     text NOT NULL DEFAULT 'wait' CHECK (on_busy IN ('wait', 'skip')),
  -- {kind, payload, queue, priority}: enqueued when this job and all its children have finished.
  ADD COLUMN callback    jsonb CHECK (jsonb_typeof(callback) = 'object'),
  ADD CHECK ((limit_key IS NULL) = (limit_max IS NULL)),
  ADD CHECK (limit_key IS NULL OR state <> 'processing' OR limit_slot BETWEEN 1 AND limit_max);

DROP INDEX millrace.one_unfinished_per_unique_key;
CREATE UNIQUE INDEX one_unfinished_per_unique_key ON millrace.jobs (unique_key)
  WHERE unique_key IS NOT NULL AND unique_while = 'unfinished' AND state IN ('scheduled', 'queued', 'processing', 'waiting');
CREATE UNIQUE INDEX one_waiting_per_unique_key ON millrace.jobs (unique_key)
  WHERE unique_key IS NOT NULL AND unique_while = 'waiting' AND state IN ('scheduled', 'queued');
CREATE UNIQUE INDEX one_processing_per_limit_slot ON millrace.jobs (limit_key, limit_slot)
  WHERE state = 'processing' AND limit_key IS NOT NULL;
CREATE INDEX jobs_next_of_limit ON millrace.jobs (limit_key, rank) WHERE state = 'queued' AND limit_key IS NOT NULL;
CREATE INDEX jobs_overdue ON millrace.jobs (least(start_by, finish_by))
  WHERE state IN ('scheduled', 'queued') AND (start_by IS NOT NULL OR finish_by IS NOT NULL);

-- What an Idempotency-Key has been answered with: the same key and body give the same job.
CREATE TABLE millrace.idempotency_keys (
  key         text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 200),
  fingerprint text NOT NULL,
  job_id      bigint NOT NULL,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX idempotency_keys_by_age ON millrace.idempotency_keys (created_at);

-- How long the finished jobs of a kind are kept; null: the installation's default.
ALTER TABLE millrace.kinds
  ADD COLUMN keep_completed interval CHECK (keep_completed >= interval '0'),
  ADD COLUMN keep_failed    interval CHECK (keep_failed >= interval '0');

-- Enqueues a job in the caller's transaction, from any language: the job exists exactly if that commits, and is visible to
-- queue workers within a second of it. Answers with the new job, or with the one that holds the unique key.
--
-- debounce: the job waits this long after the last call with its unique key, and takes what that call brought; max_wait from
-- the first call at the most. A job of the key that is already running is left alone: one runs, one waits, the latest wins.
-- throttle: after a job of the unique key was enqueued, calls within this time are answered with it.
-- merge: what a later call does to the payload of the waiting job: 'replace' it, 'keep' it, or make a 'union' (fields of the
-- new one win, arrays of both are joined without doubles).
CREATE FUNCTION millrace.enqueue(
  kind         text,
  payload      jsonb DEFAULT '{}',
  queue        text DEFAULT 'default',
  priority     integer DEFAULT 0,
  delay        interval DEFAULT interval '0',
  unique_key   text DEFAULT NULL,
  lock_key     text DEFAULT NULL,
  on_busy      text DEFAULT 'wait',
  limit_key    text DEFAULT NULL,
  limit_max    integer DEFAULT NULL,
  max_attempts integer DEFAULT NULL,
  debounce     interval DEFAULT NULL,
  max_wait     interval DEFAULT NULL,
  throttle     interval DEFAULT NULL,
  merge        text DEFAULT 'replace',
  start_by     timestamptz DEFAULT NULL,
  finish_by    timestamptz DEFAULT NULL,
  run_timeout  interval DEFAULT NULL,
  callback     jsonb DEFAULT NULL,
  trigger      text DEFAULT 'sql',
  background_worker text DEFAULT NULL,
  parent_id    bigint DEFAULT NULL,
  OUT job_id   bigint,
  OUT created  boolean
) LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  at timestamptz := clock_timestamp();
  attempts integer;
  holder bigint;
BEGIN
  SELECT coalesce(enqueue.max_attempts, (k.defaults->>'max_attempts')::integer, 3) INTO attempts
    FROM millrace.kinds k WHERE k.kind = enqueue.kind;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'kind: no queue worker knows ''%''', enqueue.kind
      USING ERRCODE = '22023', HINT = 'known kinds stand in millrace.kinds';
  END IF;
  IF jsonb_typeof(enqueue.payload) IS DISTINCT FROM 'object' THEN
    RAISE EXCEPTION 'payload: must be a JSON object, was %', coalesce(jsonb_typeof(enqueue.payload), 'null') USING ERRCODE = '22023';
  END IF;
  IF octet_length(enqueue.payload::text) > 262144 THEN
    RAISE EXCEPTION 'payload: must have at most 262144 bytes, had %', octet_length(enqueue.payload::text) USING ERRCODE = '22023';
  END IF;
  IF enqueue.delay < interval '0' THEN
    RAISE EXCEPTION 'delay: must not be negative, was %', enqueue.delay USING ERRCODE = '22023';
  END IF;
  IF (enqueue.debounce IS NOT NULL OR enqueue.throttle IS NOT NULL) AND enqueue.unique_key IS NULL THEN
    RAISE EXCEPTION 'unique_key: debounce and throttle need one' USING ERRCODE = '22023';
  END IF;
  IF enqueue.debounce IS NOT NULL AND enqueue.throttle IS NOT NULL THEN
    RAISE EXCEPTION 'throttle: cannot be combined with debounce' USING ERRCODE = '22023';
  END IF;
  IF enqueue.merge NOT IN ('replace', 'keep', 'union') THEN
    RAISE EXCEPTION 'merge: must be replace, keep or union, was ''%''', enqueue.merge USING ERRCODE = '22023';
  END IF;

  IF enqueue.throttle IS NOT NULL THEN
    -- One caller at a time per key, so that two first calls do not both find nothing.
    PERFORM pg_advisory_xact_lock(hashtextextended('millrace.throttle:' || enqueue.unique_key, 0));
    SELECT j.id INTO holder FROM millrace.jobs j
     WHERE j.unique_key = enqueue.unique_key AND j.created_at > at - enqueue.throttle
     ORDER BY j.id DESC LIMIT 1;
    IF FOUND THEN
      job_id := holder;
      created := false;
      RETURN;
    END IF;
  END IF;

  FOR tries IN 1..20 LOOP
    INSERT INTO millrace.jobs AS j
      (kind, queue, state, priority, payload, run_at, max_attempts, lock_key, on_busy, limit_key, limit_max, unique_key,
       unique_while, asked_at, start_by, finish_by, run_timeout, callback, trigger, background_worker, parent_id)
    VALUES
      (enqueue.kind, enqueue.queue,
       CASE WHEN coalesce(enqueue.debounce, enqueue.delay) > interval '0' THEN 'scheduled' ELSE 'queued' END,
       enqueue.priority, enqueue.payload, at + coalesce(enqueue.debounce, enqueue.delay), attempts, enqueue.lock_key,
       enqueue.on_busy, enqueue.limit_key, enqueue.limit_max, enqueue.unique_key,
       CASE WHEN enqueue.debounce IS NULL THEN 'unfinished' ELSE 'waiting' END, at, enqueue.start_by, enqueue.finish_by,
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
       WHERE j.unique_key = enqueue.unique_key AND j.unique_while = 'waiting' AND j.state IN ('scheduled', 'queued')
      RETURNING j.id INTO job_id;
    ELSE
      SELECT j.id INTO job_id FROM millrace.jobs j
       WHERE j.unique_key = enqueue.unique_key AND j.unique_while = 'unfinished'
         AND j.state IN ('scheduled', 'queued', 'processing', 'waiting');
    END IF;
    IF FOUND THEN
      RETURN;
    END IF;
    -- The holder finished, or was claimed, between the two statements: the key is free again.
  END LOOP;
  RAISE EXCEPTION 'unique_key: ''%'' changed hands too often; nothing was enqueued', enqueue.unique_key USING ERRCODE = '40001';
END $$;

-- Two payloads as one: fields of the newer win, arrays are joined without doubles, in the order of their first appearance.
CREATE FUNCTION millrace.payload_union(older jsonb, newer jsonb) RETURNS jsonb LANGUAGE sql IMMUTABLE AS $$
  SELECT coalesce(jsonb_object_agg(key, value), '{}')
    FROM (
      SELECT coalesce(o.key, n.key) AS key,
             CASE
               WHEN jsonb_typeof(o.value) = 'array' AND jsonb_typeof(n.value) = 'array' THEN (
                 SELECT coalesce(jsonb_agg(item ORDER BY first), '[]')
                   FROM (SELECT item, min(place) AS first
                           FROM jsonb_array_elements(o.value || n.value) WITH ORDINALITY AS both_arrays (item, place)
                          GROUP BY item) items)
               ELSE coalesce(n.value, o.value)
             END AS value
        FROM jsonb_each(older) o FULL JOIN jsonb_each(newer) n ON n.key = o.key) fields
$$;
