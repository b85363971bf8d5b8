-- Materialized views that are kept fresh: the settings and the measurements of each, the refresh requests, the watched tables, the history.

---- Requests -----------------------------------------------------------------------------------------------------------------

-- Applications write INSERT … ON CONFLICT (view_name) DO UPDATE here. An upsert would serialise all writers on one row, so a trigger
-- appends a row to the child instead, before the conflict is checked: the table itself stays empty, and a SELECT reads both.
CREATE TABLE public.mv_refresh_queue (
  view_name            text NOT NULL,
  refresh_requested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  status               text NOT NULL DEFAULT 'pending',
  UNIQUE (view_name),
  -- Not inherited: each insert into the child would read its expression again, and none gives a status.
  CONSTRAINT mv_refresh_queue_status_check CHECK (status IN ('pending')) NO INHERIT
);

-- Without an index: it would cost each writer of a watched table two more writes, and the few rows between two refreshes are read quickly.
CREATE TABLE millrace.mv_requests (
  -- Asked for by a refresh upstream: not debounced.
  at_once boolean NOT NULL DEFAULT false
) INHERITS (public.mv_refresh_queue) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- Requests for names that are no view's, kept apart in a bounded number and for a bounded time: any name may be asked for.
CREATE TABLE millrace.mv_unknown_requests (
  view_name     text PRIMARY KEY CHECK (length(view_name) <= 300),
  last_asked_at timestamptz NOT NULL
);

CREATE TABLE public.mv_refresh_log (
  id                   bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  view_name            text NOT NULL,
  status               text NOT NULL CHECK (status IN ('success', 'error')),
  duration_ms          integer NOT NULL CHECK (duration_ms >= 0),
  rows                 bigint,
  refresh_completed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  error                text,
  trigger              text NOT NULL DEFAULT 'api',
  waited_ms            bigint,
  mode                 text CHECK (mode IN ('concurrently', 'plain', 'function')),
  job_id               bigint,
  fence                bigint,
  -- As mv_state.blockers.
  blockers             jsonb
);
CREATE INDEX mv_refresh_log_by_view ON public.mv_refresh_log (view_name, refresh_completed_at DESC);
CREATE INDEX mv_refresh_log_by_age ON public.mv_refresh_log (refresh_completed_at);

---- Views --------------------------------------------------------------------------------------------------------------------

-- What is wanted of a view, or of a function that refreshes views.
CREATE TABLE millrace.mv_views (
  -- A label, as it was first written: it stays when the view or function is renamed.
  view_name         text PRIMARY KEY CHECK (length(view_name) BETWEEN 1 AND 150),
  -- concurrently: readers go on (the first fill is plain); plain: readers wait; auto: concurrently, or plain where measured
  -- churn makes that cheaper within the lock budget; function: the name is a function without arguments.
  mode              text NOT NULL DEFAULT 'concurrently' CHECK (mode IN ('concurrently', 'plain', 'auto', 'function')),
  -- A refresh is due this long after the last request, and no later than max_wait after the first.
  debounce          interval NOT NULL DEFAULT interval '5 seconds' CHECK (debounce >= interval '0'),
  max_wait          interval NOT NULL DEFAULT interval '30 seconds',
  -- At least this long between the end of one refresh and the next.
  min_gap           interval NOT NULL DEFAULT interval '0' CHECK (min_gap >= interval '0'),
  -- The freshness target: no change is missing in the view for longer.
  max_lag           interval CHECK (max_lag > interval '0'),
  lock_timeout      interval NOT NULL DEFAULT interval '5 seconds' CHECK (lock_timeout > interval '0'),
  statement_timeout interval CHECK (statement_timeout > interval '0'),
  -- How long mode auto may make readers wait.
  lock_budget       interval NOT NULL DEFAULT interval '50 milliseconds' CHECK (lock_budget >= interval '0'),
  view_group        text,
  -- The views that a function refreshes: its success is theirs.
  covers            text[] NOT NULL DEFAULT '{}',
  enabled           boolean NOT NULL DEFAULT true,
  -- 'seen': it was refreshed or asked for, and is not registered.
  origin            text NOT NULL DEFAULT 'registered' CHECK (origin IN ('registered', 'seen')),
  -- What the catalog has under that name: its number, and its schema and name, quoted, when it was first and last found. A name alone is
  -- lost by a rename, a number alone by a dump.
  relid             oid,
  funcid            oid,
  registered_as     text,
  known_as          text,
  registered_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- Functions run with our rights; the role that registered one answers for those that it owns.
  registered_by     name NOT NULL DEFAULT current_user,
  CHECK (max_wait >= debounce)
);
CREATE INDEX mv_views_by_relid ON millrace.mv_views (relid);

-- What was measured. In a table of its own: a now() column inside a view would change every row at every refresh.
CREATE TABLE millrace.mv_state (
  view_name       text PRIMARY KEY REFERENCES millrace.mv_views ON DELETE CASCADE,
  -- Each change committed before this moment is in the view.
  fresh_as_of     timestamptz,
  last_success_at timestamptz,
  last_mode       text,
  rows            bigint,
  changed_rows    bigint,
  duration_ms     bigint,
  -- 95 of 100 of the last twenty refreshes were faster.
  p95_ms          bigint,
  -- Moving averages: the two ways of refreshing, and the share of rows that a refresh changes.
  plain_ms        real,
  concurrent_ms   real,
  churn           real,
  bytes           bigint,
  -- Size after the last plain refresh: what the view needs without bloat.
  plain_bytes     bigint,
  failures_in_row integer NOT NULL DEFAULT 0,
  last_failure_at timestamptz,
  last_error      text,
  -- Which sessions held the view at the last lock time-out: [{pid, user, application, query, age_seconds}].
  blockers        jsonb,
  -- The rows that refreshes have deleted since the last VACUUM or rewrite, as counted here.
  dead_rows       bigint NOT NULL DEFAULT 0,
  vacuumed_at     timestamptz
) WITH (fillfactor = 50);

-- Which registered view reads which, through plain views too; distance 1: directly. Derived from the catalog.
CREATE TABLE millrace.mv_edges (
  upstream   text NOT NULL REFERENCES millrace.mv_views ON DELETE CASCADE,
  downstream text NOT NULL REFERENCES millrace.mv_views ON DELETE CASCADE,
  distance   integer NOT NULL CHECK (distance > 0),
  PRIMARY KEY (upstream, downstream)
);
CREATE INDEX mv_edges_by_downstream ON millrace.mv_edges (downstream);

---- Watched tables -----------------------------------------------------------------------------------------------------------

-- A table whose changes ask for a view.
CREATE TABLE millrace.mv_watches (
  id          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source      regclass NOT NULL,
  view_name   text NOT NULL REFERENCES millrace.mv_views ON DELETE CASCADE,
  -- trigger: statement triggers raise a sequence, and the leader appends the request; counter: the leader reads the table's statistics, and
  -- writers pay nothing.
  method      text NOT NULL CHECK (method IN ('trigger', 'counter')),
  -- An update that changes none of these columns asks for nothing; null: any change asks.
  columns     text[],
  -- What was last read: the value of change_seq, or the statistics as one text.
  mark        text,
  created_at  timestamptz NOT NULL DEFAULT clock_timestamp(),
  -- The sequence that the triggers raise.
  change_seq  regclass,
  -- The transactions that had raised change_seq when it was last read and had not ended.
  writers     text[] NOT NULL DEFAULT '{}',
  -- The numbers of the columns, in the order of their names; null: not known in this database.
  attnums     int2[],
  -- Schema and name of the table, quoted.
  source_name text,
  -- The tables and triggers of the watch when the leader last read them; a difference means that changes may have been missed.
  shape       text,
  -- The shape in which the leader last found every trigger as wanted.
  verified_shape text,
  UNIQUE (source, view_name)
);
CREATE INDEX mv_watches_by_view ON millrace.mv_watches (view_name);

-- The server and database that the numbers of the catalog are of: they mean nothing in a restored one.
CREATE TABLE millrace.mv_home (
  database text NOT NULL
);
CREATE UNIQUE INDEX mv_home_has_one_row ON millrace.mv_home ((true));

---- Tables of before ---------------------------------------------------------------------------------------------------------

-- What an installation's own queue and log held (those tables have been renamed, and stay for the operator to drop): requests that were
-- not served, and the history.
DO $$
DECLARE
  taken text;
BEGIN
  IF to_regclass('public.mv_refresh_queue_before_millrace') IS NOT NULL THEN
    SELECT CASE WHEN count(*) > 0 THEN 'WHERE status IS NULL OR status NOT IN (''completed'', ''success'', ''done'')' ELSE '' END
      INTO taken
      FROM pg_attribute
     WHERE attrelid = 'public.mv_refresh_queue_before_millrace'::regclass AND attname = 'status' AND NOT attisdropped;
    EXECUTE 'INSERT INTO millrace.mv_requests (view_name) SELECT DISTINCT view_name FROM public.mv_refresh_queue_before_millrace ' || taken;
  END IF;
  IF to_regclass('public.mv_refresh_log_before_millrace') IS NOT NULL THEN
    INSERT INTO public.mv_refresh_log (view_name, status, duration_ms, refresh_completed_at, trigger)
    SELECT l.line->>'view_name', CASE WHEN l.line->>'status' IN ('success', 'completed', 'ok') THEN 'success' ELSE 'error' END,
           greatest(0, coalesce((l.line->>'duration_ms')::numeric, 0))::integer, (l.line->>'refresh_completed_at')::timestamptz, 'table'
      FROM (SELECT to_jsonb(o) AS line FROM public.mv_refresh_log_before_millrace o) l
     WHERE l.line->>'view_name' IS NOT NULL AND l.line->>'refresh_completed_at' IS NOT NULL;
  END IF;
END $$;
