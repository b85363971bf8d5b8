-- Settings of a view can be taken back, and say themselves what is wrong with them; a refresh by hand misses nothing.

CREATE FUNCTION millrace.refuse_setting(wrong boolean, field text, value text, allowed text) RETURNS void LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
  IF wrong THEN
    RAISE EXCEPTION '%: must be %, was %', field, allowed, value USING ERRCODE = '22023';
  END IF;
END $$;

-- Registers a view, or a function that refreshes views; called again it changes what is given and keeps the rest. A max_lag or
-- statement_timeout of 0 and an empty view_group take back what was set.
-- Answers with the registered name. A view without data is asked for at once.
CREATE OR REPLACE FUNCTION millrace.register_view(
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
  now_set record;
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
  PERFORM millrace.refuse_setting(length(register_view.view) > 150, 'view', length(register_view.view) || ' characters', 'at most 150 characters'),
          millrace.refuse_setting(wanted NOT IN ('concurrently', 'plain', 'auto', 'function'), 'mode', wanted,
                                  'concurrently, plain, auto or function'),
          millrace.refuse_setting(register_view.debounce < interval '0', 'debounce', register_view.debounce::text, '0 or more'),
          millrace.refuse_setting(register_view.min_gap < interval '0', 'min_gap', register_view.min_gap::text, '0 or more'),
          millrace.refuse_setting(register_view.max_lag < interval '0', 'max_lag', register_view.max_lag::text, 'more than 0, or 0 for none'),
          millrace.refuse_setting(register_view.lock_timeout <= interval '0', 'lock_timeout', register_view.lock_timeout::text, 'more than 0'),
          millrace.refuse_setting(register_view.statement_timeout < interval '0', 'statement_timeout', register_view.statement_timeout::text,
                                  'more than 0, or 0 for none'),
          millrace.refuse_setting(register_view.lock_budget < interval '0', 'lock_budget', register_view.lock_budget::text, '0 or more');
  IF name IS NULL THEN
    name := register_view.view;
    INSERT INTO millrace.mv_views (view_name, mode) VALUES (name, coalesce(wanted, 'concurrently')) ON CONFLICT DO NOTHING;
  END IF;
  SELECT coalesce(register_view.debounce, v.debounce) AS debounce, coalesce(register_view.max_wait, v.max_wait) AS max_wait
    INTO now_set FROM millrace.mv_views v WHERE v.view_name = name FOR UPDATE;
  PERFORM millrace.refuse_setting(register_view.max_wait < now_set.debounce, 'max_wait', register_view.max_wait::text,
                                  'the debounce (' || now_set.debounce || ') or more');
  UPDATE millrace.mv_views v
     SET mode = coalesce(wanted, v.mode),
         debounce = now_set.debounce,
         max_wait = greatest(now_set.max_wait, now_set.debounce),
         min_gap = coalesce(register_view.min_gap, v.min_gap),
         max_lag = nullif(coalesce(register_view.max_lag, v.max_lag), interval '0'),
         lock_timeout = coalesce(register_view.lock_timeout, v.lock_timeout),
         statement_timeout = nullif(coalesce(register_view.statement_timeout, v.statement_timeout), interval '0'),
         lock_budget = coalesce(register_view.lock_budget, v.lock_budget),
         view_group = nullif(coalesce(register_view.view_group, v.view_group), ''),
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

-- Has the changes of a table ask for a view, as watch does, unless they do so already: nothing is locked then.
CREATE FUNCTION millrace.watch_once(source text, view text, columns text[] DEFAULT NULL, method text DEFAULT 'trigger')
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
  known text := millrace.known_view(view);
BEGIN
  IF EXISTS (SELECT FROM millrace.mv_watches w
              WHERE w.source = millrace.relation_oid(watch_once.source, 'rpf') AND w.view_name = known
                AND w.method = watch_once.method AND w.columns IS NOT DISTINCT FROM watch_once.columns) THEN
    RETURN known;
  END IF;
  RETURN millrace.watch(source, view, columns, method);
END $$;
