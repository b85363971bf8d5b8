-- The registry of views that are kept fresh, what is known of each, and the requests that tables make by themselves.

-- What is wanted of a view, or of a function that refreshes views. The name is as it was first written; it is resolved anew
-- at every refresh, so that a view that is dropped and made again, or swapped by renaming, is found.
CREATE TABLE millrace.mv_views (
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
  -- 'seen': nobody registered it, but it was refreshed or asked for.
  origin            text NOT NULL DEFAULT 'registered' CHECK (origin IN ('registered', 'seen')),
  relid             oid,
  registered_at     timestamptz NOT NULL DEFAULT clock_timestamp(),
  CHECK (max_wait >= debounce)
);
CREATE INDEX mv_views_by_relid ON millrace.mv_views (relid);

-- What was measured. In a table of its own: a now() column inside a view would change every row at every refresh.
CREATE TABLE millrace.mv_state (
  view_name       text PRIMARY KEY REFERENCES millrace.mv_views ON DELETE CASCADE,
  -- Every change committed before this moment is in the view.
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
  -- Who held the view at the last lock time-out: [{pid, user, application, query, age_seconds}].
  blockers        jsonb
) WITH (fillfactor = 50);

-- Which registered view reads which, through plain views too; distance 1 is next to each other. Derived from the catalog.
CREATE TABLE millrace.mv_edges (
  upstream   text NOT NULL REFERENCES millrace.mv_views ON DELETE CASCADE,
  downstream text NOT NULL REFERENCES millrace.mv_views ON DELETE CASCADE,
  distance   integer NOT NULL CHECK (distance > 0),
  PRIMARY KEY (upstream, downstream)
);
CREATE INDEX mv_edges_by_downstream ON millrace.mv_edges (downstream);

-- A table whose changes ask for a view.
CREATE TABLE millrace.mv_watches (
  id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source     oid NOT NULL,
  view_name  text NOT NULL REFERENCES millrace.mv_views ON DELETE CASCADE,
  -- trigger: statement triggers append requests; counter: the leader looks at the table's statistics, writers pay nothing.
  method     text NOT NULL CHECK (method IN ('trigger', 'counter')),
  columns    text[],
  mark       text,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (source, view_name)
);
CREATE INDEX mv_watches_by_view ON millrace.mv_watches (view_name);

-- Asked for by a refresh upstream: not debounced.
ALTER TABLE millrace.mv_requests ADD COLUMN at_once boolean NOT NULL DEFAULT false;
CREATE INDEX mv_requests_at_once ON millrace.mv_requests (view_name) WHERE at_once;
ALTER TABLE public.mv_refresh_log ADD COLUMN blockers jsonb;

-- Applications write here under roles of their own, which know nothing of the schema millrace.
CREATE OR REPLACE FUNCTION millrace.append_mv_request() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO millrace.mv_requests (view_name, refresh_requested_at)
  VALUES (NEW.view_name, coalesce(NEW.refresh_requested_at, pg_catalog.clock_timestamp()));
  RETURN NULL;
END $$;

---- Names ------------------------------------------------------------------------------------------------------------------

-- The relation of a name among those of some kinds ('r', 'p', …): as FROM would read it, or else letter for letter.
-- Null: there is none, or it could be any of several.
CREATE FUNCTION millrace.relation_oid(name text, kinds text) RETURNS oid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  found oid;
  every oid[];
BEGIN
  BEGIN
    found := to_regclass(name);
  EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported OR name_too_long THEN
    found := NULL;
  END;
  IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = found AND strpos(kinds, c.relkind::text) > 0) THEN
    RETURN found;
  END IF;
  SELECT array_agg(c.oid) INTO every
    FROM pg_catalog.pg_class c
    JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
   WHERE strpos(kinds, c.relkind::text) > 0
     AND (c.relname = name AND pg_catalog.pg_table_is_visible(c.oid) OR n.nspname || '.' || c.relname = name);
  RETURN CASE WHEN cardinality(every) = 1 THEN every[1] END;
END $$;

CREATE OR REPLACE FUNCTION millrace.view_oid(name text) RETURNS oid LANGUAGE sql STABLE STRICT AS $$
  SELECT millrace.relation_oid(name, 'm')
$$;

-- The function without arguments of a name, with or without its brackets; null: there is none.
CREATE FUNCTION millrace.function_oid(name text) RETURNS oid LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  found oid;
BEGIN
  BEGIN
    found := to_regprocedure(CASE WHEN name LIKE '%()' THEN name ELSE name || '()' END);
  EXCEPTION WHEN syntax_error OR invalid_name OR feature_not_supported OR invalid_text_representation OR undefined_function THEN
    found := NULL;
  END;
  RETURN (SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.oid = found AND p.prokind = 'f' AND p.pronargs = 0);
END $$;

-- The registered name of a view under any spelling of its name; null: it is not registered.
CREATE FUNCTION millrace.known_view(name text) RETURNS text LANGUAGE plpgsql STABLE STRICT AS $$
DECLARE
  known text;
  target oid;
BEGIN
  SELECT v.view_name INTO known FROM millrace.mv_views v WHERE v.view_name = name;
  IF FOUND THEN
    RETURN known;
  END IF;
  target := millrace.view_oid(name);
  IF target IS NOT NULL THEN
    SELECT v.view_name INTO known FROM millrace.mv_views v
     WHERE v.relid = target AND millrace.view_oid(v.view_name) = target
     ORDER BY v.view_name LIMIT 1;
  ELSE
    SELECT v.view_name INTO known FROM millrace.mv_views v
     WHERE v.mode = 'function' AND millrace.function_oid(v.view_name) = millrace.function_oid(name)
     ORDER BY v.view_name LIMIT 1;
  END IF;
  RETURN known;
END $$;

---- Dependencies -----------------------------------------------------------------------------------------------------------

-- What a view reads, through plain views and other materialized views: relation, kind, and how many materialized views away.
CREATE FUNCTION millrace.reads(view oid) RETURNS TABLE (relid oid, kind "char", distance integer) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE used (relid, kind, distance) AS (
    SELECT view, 'm'::"char", 0
    UNION
    SELECT c.oid, c.relkind, u.distance + CASE WHEN c.relkind = 'm' THEN 1 ELSE 0 END
      FROM used u
      JOIN pg_catalog.pg_rewrite w ON w.ev_class = u.relid
      JOIN pg_catalog.pg_depend d
        ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = w.oid
       AND d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> u.relid
      JOIN pg_catalog.pg_class c ON c.oid = d.refobjid
     WHERE u.kind IN ('m', 'v')
  )
  SELECT relid, kind, min(distance) FROM used WHERE relid <> view GROUP BY relid, kind
$$;

-- Looks all names up again; derives the edges again when one of them has changed, or when asked to.
CREATE FUNCTION millrace.resolve_views(edges boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE millrace.mv_views v SET relid = now.relid
    FROM (SELECT view_name, millrace.view_oid(view_name) AS relid FROM millrace.mv_views WHERE mode <> 'function') now
   WHERE v.view_name = now.view_name AND v.relid IS DISTINCT FROM now.relid;
  IF NOT FOUND AND NOT edges THEN
    RETURN;
  END IF;
  WITH derived AS (
    SELECT up.view_name AS upstream, v.view_name AS downstream, min(r.distance) AS distance
      FROM millrace.mv_views v
     CROSS JOIN LATERAL millrace.reads(v.relid) r
      JOIN millrace.mv_views up ON up.relid = r.relid
     WHERE r.kind = 'm'
     GROUP BY 1, 2
  ), gone AS (
    DELETE FROM millrace.mv_edges e
     WHERE NOT EXISTS (SELECT FROM derived d WHERE (d.upstream, d.downstream) = (e.upstream, e.downstream))
  )
  INSERT INTO millrace.mv_edges AS e (upstream, downstream, distance)
  SELECT d.upstream, d.downstream, d.distance FROM derived d
      ON CONFLICT (upstream, downstream) DO UPDATE SET distance = excluded.distance WHERE e.distance <> excluded.distance;
END $$;

---- Registering ------------------------------------------------------------------------------------------------------------

-- Registers a view, or a function that refreshes views; called again it changes what is given and keeps the rest.
-- Answers with the registered name. A view without data is asked for at once.
CREATE FUNCTION millrace.register_view(
  view              text,
  mode              text DEFAULT NULL,
  debounce          interval DEFAULT NULL,
  max_wait          interval DEFAULT NULL,
  min_gap           interval DEFAULT NULL,
  max_lag           interval DEFAULT NULL,
  lock_timeout      interval DEFAULT NULL,
  statement_timeout interval DEFAULT NULL,
  lock_budget       interval DEFAULT NULL,
  view_group        text DEFAULT NULL,
  covers            text[] DEFAULT NULL,
  enabled           boolean DEFAULT NULL
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  name text := millrace.known_view(register_view.view);
  target oid := millrace.view_oid(register_view.view);
  wanted text := register_view.mode;
BEGIN
  IF target IS NULL AND millrace.function_oid(register_view.view) IS NOT NULL THEN
    wanted := coalesce(wanted, 'function');
    IF wanted <> 'function' THEN
      RAISE EXCEPTION 'mode: % is a function, so its mode is function, not %', register_view.view, wanted USING ERRCODE = '22023';
    END IF;
  ELSIF target IS NULL THEN
    RAISE EXCEPTION 'view: there is no materialized view or function %', register_view.view USING ERRCODE = '42P01';
  ELSIF wanted = 'function' THEN
    RAISE EXCEPTION 'mode: % is a view, not a function', register_view.view USING ERRCODE = '22023';
  END IF;
  IF name IS NULL THEN
    name := register_view.view;
    INSERT INTO millrace.mv_views (view_name, mode) VALUES (name, coalesce(wanted, 'concurrently')) ON CONFLICT DO NOTHING;
  END IF;
  UPDATE millrace.mv_views v
     SET mode = coalesce(wanted, v.mode),
         debounce = coalesce(register_view.debounce, v.debounce),
         max_wait = coalesce(register_view.max_wait, greatest(v.max_wait, register_view.debounce)),
         min_gap = coalesce(register_view.min_gap, v.min_gap),
         max_lag = coalesce(register_view.max_lag, v.max_lag),
         lock_timeout = coalesce(register_view.lock_timeout, v.lock_timeout),
         statement_timeout = coalesce(register_view.statement_timeout, v.statement_timeout),
         lock_budget = coalesce(register_view.lock_budget, v.lock_budget),
         view_group = coalesce(register_view.view_group, v.view_group),
         covers = coalesce(register_view.covers, v.covers),
         enabled = coalesce(register_view.enabled, v.enabled),
         origin = 'registered'
   WHERE v.view_name = name;
  INSERT INTO millrace.mv_state (view_name) VALUES (name) ON CONFLICT DO NOTHING;
  PERFORM millrace.resolve_views(true);
  IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = target AND NOT c.relispopulated) THEN
    INSERT INTO millrace.mv_requests (view_name, at_once) VALUES (name, true);
  END IF;
  RETURN name;
END $$;

-- Forgets a view and stops watching tables for it. False: it was not registered.
CREATE FUNCTION millrace.unregister_view(view text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  name text := millrace.known_view(view);
  watched record;
BEGIN
  FOR watched IN SELECT w.id, w.source FROM millrace.mv_watches w WHERE w.view_name = name LOOP
    PERFORM millrace.drop_watch(watched.id);
  END LOOP;
  DELETE FROM millrace.mv_requests WHERE view_name = name;
  DELETE FROM millrace.mv_views WHERE view_name = name;
  RETURN name IS NOT NULL;
END $$;

-- Marks a view as stale in the caller's transaction; it is refreshed after its debounce.
CREATE FUNCTION millrace.request_refresh(view text) RETURNS void LANGUAGE sql SECURITY DEFINER AS $$
  INSERT INTO millrace.mv_requests (view_name) VALUES (view)
$$;

---- Watching tables --------------------------------------------------------------------------------------------------------

-- Something may have changed: one append, which waits for nobody.
CREATE FUNCTION millrace.note_change() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
  INSERT INTO millrace.mv_requests (view_name) VALUES (TG_ARGV[0]);
  RETURN NULL;
END $$;

-- As note_change, when an update has changed one of some columns: the rows before and after, reduced to the primary key and
-- these columns, are compared as wholes.
CREATE FUNCTION millrace.note_change_of() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  fields text;
  changed boolean;
BEGIN
  SELECT string_agg(format('%I::text', name), ', ') INTO fields FROM unnest(TG_ARGV[1:]) AS name;
  EXECUTE format('SELECT EXISTS (SELECT %1$s FROM new_rows EXCEPT ALL SELECT %1$s FROM old_rows)', fields) INTO changed;
  IF changed THEN
    INSERT INTO millrace.mv_requests (view_name) VALUES (TG_ARGV[0]);
  END IF;
  RETURN NULL;
END $$;

-- Has the changes of a table ask for a view, from now on; the view is asked for once, because what changed before is not known.
-- columns: an update that leaves all of them as they are asks for nothing; the table needs a primary key then.
-- method: 'trigger', or 'counter' for tables that must not have triggers.
-- Called again it replaces the watch. Answers with the registered name of the view.
CREATE FUNCTION millrace.watch(source text, view text, columns text[] DEFAULT NULL, method text DEFAULT 'trigger')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  target oid := millrace.relation_oid(source, 'rpf');
  name text := millrace.known_view(view);
  table_name text;
  key text[];
  missing text;
  watch_id bigint;
  trigger_name text;
BEGIN
  IF target IS NULL THEN
    RAISE EXCEPTION 'source: there is no table %', source USING ERRCODE = '42P01';
  END IF;
  IF method NOT IN ('trigger', 'counter') THEN
    RAISE EXCEPTION 'method: must be trigger or counter, was %', method USING ERRCODE = '22023';
  END IF;
  IF columns IS NOT NULL AND method = 'counter' THEN
    RAISE EXCEPTION 'columns: the counter method cannot tell columns apart' USING ERRCODE = '22023';
  END IF;
  SELECT format('%I.%I', n.nspname, c.relname) INTO table_name
    FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = target;
  SELECT string_agg(wanted.name, ', ') INTO missing
    FROM unnest(columns) AS wanted (name)
   WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a
                      WHERE a.attrelid = target AND a.attname = wanted.name AND a.attnum > 0 AND NOT a.attisdropped);
  IF missing IS NOT NULL THEN
    RAISE EXCEPTION 'columns: % has no column %', table_name, missing USING ERRCODE = '42703';
  END IF;
  SELECT array_agg(a.attname::text) INTO key
    FROM pg_catalog.pg_index i
    JOIN pg_catalog.pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
   WHERE i.indrelid = target AND i.indisprimary;
  IF columns IS NOT NULL AND key IS NULL THEN
    RAISE EXCEPTION 'columns: % has no primary key, so rows before and after cannot be told apart', table_name USING ERRCODE = '22023';
  END IF;

  name := coalesce(name, millrace.register_view(view));
  PERFORM millrace.unwatch(source, name);
  INSERT INTO millrace.mv_watches (source, view_name, method, columns, mark)
  VALUES (target, name, method, columns, CASE WHEN method = 'counter' THEN millrace.change_mark(target) END)
  RETURNING id INTO watch_id;
  trigger_name := 'millrace_watch_' || watch_id;
  IF method = 'trigger' AND columns IS NULL THEN
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION millrace.note_change(%L)', trigger_name, table_name, name);
  ELSIF method = 'trigger' THEN
    EXECUTE format('CREATE TRIGGER %I AFTER INSERT OR DELETE OR TRUNCATE ON %s '
                   'FOR EACH STATEMENT EXECUTE FUNCTION millrace.note_change(%L)', trigger_name, table_name, name);
    EXECUTE format('CREATE TRIGGER %I AFTER UPDATE ON %s REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows '
                   'FOR EACH STATEMENT EXECUTE FUNCTION millrace.note_change_of(%L, %s)',
                   trigger_name || '_columns', table_name, name,
                   (SELECT string_agg(DISTINCT quote_literal(field), ', ') FROM unnest(key || columns) AS field));
  END IF;
  INSERT INTO millrace.mv_requests (view_name, at_once) VALUES (name, true);
  RETURN name;
END $$;

-- Ends a watch. False: there was none.
CREATE FUNCTION millrace.unwatch(source text, view text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  target oid := millrace.relation_oid(source, 'rpf');
  name text := millrace.known_view(view);
  watch_id bigint;
BEGIN
  SELECT w.id INTO watch_id FROM millrace.mv_watches w WHERE w.source = target AND w.view_name = name;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  PERFORM millrace.drop_watch(watch_id);
  RETURN true;
END $$;

CREATE FUNCTION millrace.drop_watch(watch_id bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  made record;
BEGIN
  FOR made IN
    SELECT t.tgname, n.nspname, c.relname
      FROM millrace.mv_watches w
      JOIN pg_catalog.pg_trigger t ON t.tgrelid = w.source
       AND t.tgname IN ('millrace_watch_' || w.id, 'millrace_watch_' || w.id || '_columns')
      JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
     WHERE w.id = watch_id
  LOOP
    EXECUTE format('DROP TRIGGER %I ON %I.%I', made.tgname, made.nspname, made.relname);
  END LOOP;
  DELETE FROM millrace.mv_watches WHERE id = watch_id;
END $$;

-- What a table's statistics say, partitions included, as one text: another text, another state. A statistics reset and a start
-- of the server count as a change, and so does a new file (TRUNCATE).
CREATE FUNCTION millrace.change_mark(source oid) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT concat_ws(' ',
           sum(pg_stat_get_tuples_inserted(part) + pg_stat_get_tuples_updated(part) + pg_stat_get_tuples_deleted(part)),
           string_agg(pg_relation_filenode(part)::text, ',' ORDER BY part),
           extract(epoch FROM pg_postmaster_start_time()),
           extract(epoch FROM pg_stat_get_db_stat_reset_time((SELECT oid FROM pg_database WHERE datname = current_database()))))
    FROM (SELECT source AS part
           WHERE NOT EXISTS (SELECT FROM pg_partitioned_table p WHERE p.partrelid = source)
           UNION ALL
          SELECT tree.relid FROM pg_partition_tree(source) tree WHERE tree.isleaf AND tree.relid <> source) parts
$$;

-- Looks at the statistics of all tables that are watched by counter, and asks for the views whose tables have changed.
CREATE FUNCTION millrace.poll_counters() RETURNS bigint LANGUAGE sql AS $$
  WITH looked AS MATERIALIZED (
    SELECT w.id, w.view_name, millrace.change_mark(w.source) AS mark FROM millrace.mv_watches w WHERE w.method = 'counter'
  ), moved AS (
    UPDATE millrace.mv_watches w SET mark = looked.mark
      FROM looked
     WHERE w.id = looked.id AND w.mark IS DISTINCT FROM looked.mark
    RETURNING w.view_name
  ), asked AS (
    INSERT INTO millrace.mv_requests (view_name) SELECT DISTINCT view_name FROM moved RETURNING 1
  )
  SELECT count(*) FROM asked
$$;

-- Gives requests under other spellings the registered name, and registers views that were asked for and that nobody registered.
-- What names no view stays as it is, and is shown.
CREATE FUNCTION millrace.adopt_requests() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  known text;
BEGIN
  FOR asked IN
    WITH RECURSIVE spelling AS (
      (SELECT view_name FROM millrace.mv_requests ORDER BY view_name LIMIT 1)
      UNION ALL
      SELECT (SELECT r.view_name FROM millrace.mv_requests r WHERE r.view_name > s.view_name ORDER BY r.view_name LIMIT 1)
        FROM spelling s
       WHERE s.view_name IS NOT NULL
    )
    SELECT s.view_name FROM spelling s
     WHERE s.view_name IS NOT NULL AND NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = s.view_name)
  LOOP
    known := millrace.known_view(asked.view_name);
    IF known IS NOT NULL THEN
      UPDATE millrace.mv_requests SET view_name = known WHERE view_name = asked.view_name;
    ELSIF millrace.view_oid(asked.view_name) IS NOT NULL AND length(asked.view_name) <= 150 THEN
      INSERT INTO millrace.mv_views (view_name, origin) VALUES (asked.view_name, 'seen') ON CONFLICT DO NOTHING;
      PERFORM millrace.resolve_views(true);
    END IF;
  END LOOP;
END $$;

---- Freshness --------------------------------------------------------------------------------------------------------------

-- Every registered view: when it is due, and how fresh it is. due_at works backwards from the measured duration, so that the
-- target is met. A view whose tables are not watched is due by its age alone.
CREATE VIEW millrace.mv_freshness AS
SELECT known.*,
       CASE
         WHEN failures_in_row > 0 AND blockers IS NOT NULL THEN 'BLOCKED'
         WHEN failures_in_row > 0 OR missing THEN 'FAILED'
         WHEN last_success_at IS NULL THEN 'NEVER'
         WHEN deadline < clock_timestamp() THEN 'LATE'
         WHEN first_request IS NOT NULL OR due_at <= clock_timestamp() THEN 'DUE'
         ELSE 'FRESH'
       END AS status
  FROM (
    SELECT view_name, mode, view_group, enabled, origin, relid, fresh_as_of, last_success_at, last_mode, rows, duration_ms, p95_ms,
           churn, bytes, plain_bytes, failures_in_row, last_failure_at, last_error, blockers, debounce, max_wait, min_gap, max_lag,
           lock_timeout, statement_timeout, lock_budget, covers, registered_at, watched, first_request, job_id, job_state, missing,
           clock_timestamp() - fresh_as_of AS age,
           clock_timestamp() - first_request AS lag,
           CASE WHEN first_request IS NOT NULL THEN first_request + coalesce(max_lag, max_wait + min_gap + estimate)
                WHEN NOT watched THEN fresh_as_of + max_lag END AS deadline,
           CASE WHEN NOT enabled OR missing THEN NULL
                WHEN first_request IS NOT NULL THEN
                  greatest(least(last_request + debounce, first_request + max_wait, first_request + max_lag - estimate, at_once),
                           last_success_at + min_gap, try_again)
                WHEN max_lag IS NOT NULL AND NOT watched THEN
                  greatest(coalesce(fresh_as_of + max_lag - estimate, registered_at), last_success_at + min_gap, try_again)
           END AS due_at
      FROM (
        SELECT v.*, s.fresh_as_of, s.last_success_at, s.last_mode, s.rows, s.duration_ms, s.p95_ms, s.churn, s.bytes, s.plain_bytes,
               coalesce(s.failures_in_row, 0) AS failures_in_row, s.last_failure_at, s.last_error, s.blockers,
               (SELECT min(q.refresh_requested_at) FROM millrace.mv_requests q WHERE q.view_name = v.view_name) AS first_request,
               (SELECT max(q.refresh_requested_at) FROM millrace.mv_requests q WHERE q.view_name = v.view_name) AS last_request,
               (SELECT min(q.refresh_requested_at) FROM millrace.mv_requests q WHERE q.view_name = v.view_name AND q.at_once) AS at_once,
               EXISTS (SELECT FROM millrace.mv_watches w WHERE w.view_name = v.view_name) AS watched,
               v.mode <> 'function' AND NOT EXISTS (
                 SELECT FROM pg_catalog.pg_class c WHERE c.oid = v.relid AND c.relkind = 'm') AS missing,
               -- What a refresh takes, with a margin, from its job's insert to its commit.
               interval '0.5 seconds' + coalesce(s.p95_ms, 0) * 1.2 * interval '1 millisecond' AS estimate,
               CASE WHEN s.failures_in_row > 0 THEN s.last_failure_at + least(
                 interval '5 minutes', interval '5 seconds' * power(2, least(s.failures_in_row, 8) - 1)) END AS try_again,
               j.id AS job_id, j.state AS job_state
          FROM millrace.mv_views v
          LEFT JOIN millrace.mv_state s ON s.view_name = v.view_name
          LEFT JOIN millrace.jobs j
            ON j.unique_key = 'mv:' || v.view_name AND j.unique_while = 'unfinished'
           AND j.state IN ('scheduled', 'queued', 'processing', 'waiting')
      ) measured
  ) known;
