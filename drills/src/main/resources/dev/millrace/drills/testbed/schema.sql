-- What a drill sees of the queue: an account of every change of a job, kept by the database itself, and the
-- effects of the jobs. No constraint here refuses a second effect: the checker is to find it.
CREATE SCHEMA drill;

CREATE TABLE drill.history (
  seq       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id    bigint NOT NULL,
  old_state text,
  state     text NOT NULL,
  old_fence bigint,
  fence     bigint NOT NULL,
  attempt   integer NOT NULL,
  worker_id text,
  lock_key  text,
  -- the process: its sessions for handlers have a name with a word more
  by        text NOT NULL DEFAULT regexp_replace(current_setting('application_name'), ' work$', ''),
  at        timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid       xid NOT NULL DEFAULT pg_current_xact_id()::xid
);
CREATE INDEX history_of_job ON drill.history (job_id, seq);

CREATE TABLE drill.effects (
  seq     bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job_id  bigint NOT NULL,
  fence   bigint NOT NULL,
  attempt integer NOT NULL,
  number  bigint NOT NULL,
  at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  xid     xid NOT NULL DEFAULT pg_current_xact_id()::xid
);
CREATE INDEX effects_of_job ON drill.effects (job_id, fence);

-- A queue worker that was killed or frozen, noted right after the signal.
CREATE TABLE drill.losses (
  seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  pid bigint NOT NULL,
  at  timestamptz NOT NULL DEFAULT clock_timestamp()
);

-- What the status said: one row per read, and one per running or waiting job that it showed.
CREATE TABLE drill.status_reads (
  seq   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  as_of timestamptz NOT NULL DEFAULT clock_timestamp(),
  error text
);
CREATE TABLE drill.status_jobs (
  read   bigint NOT NULL REFERENCES drill.status_reads,
  job_id bigint NOT NULL,
  state  text NOT NULL,
  total  bigint
);

-- Debounced calls that were acknowledged, with what they brought.
CREATE TABLE drill.calls (
  unique_key text NOT NULL,
  number     bigint NOT NULL
);

-- What a stranger held, and how long.
CREATE TABLE drill.holds (
  seq   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  what  text NOT NULL,
  pid   integer NOT NULL DEFAULT pg_backend_pid(),
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  until timestamptz
);

CREATE FUNCTION drill.note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO drill.history (job_id, state, fence, attempt, worker_id, lock_key)
    VALUES (NEW.id, NEW.state, NEW.fence, NEW.attempt, NEW.worker_id, NEW.lock_key);
  ELSIF NEW.state <> OLD.state OR NEW.fence <> OLD.fence THEN
    INSERT INTO drill.history (job_id, old_state, state, old_fence, fence, attempt, worker_id, lock_key)
    VALUES (NEW.id, OLD.state, NEW.state, OLD.fence, NEW.fence, NEW.attempt, NEW.worker_id, NEW.lock_key);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER drill_note AFTER INSERT OR UPDATE ON millrace.jobs FOR EACH ROW EXECUTE FUNCTION drill.note();

UPDATE public.background_workers SET enabled = false;
