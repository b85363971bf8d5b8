-- Registering views, and asking for them.

-- Registers a view, or a function that refreshes views; called again it changes what is given and keeps the rest. A max_lag or
-- statement_timeout of 0 and an empty view_group take back what was set.
-- Answers with the registered name. A view without data is asked for at once.
CREATE OR REPLACE FUNCTION millrace.register_view(
  view text, mode text DEFAULT NULL, debounce interval DEFAULT NULL, max_wait interval DEFAULT NULL,
  min_gap interval DEFAULT NULL, max_lag interval DEFAULT NULL, lock_timeout interval DEFAULT NULL, statement_timeout interval DEFAULT NULL,
  lock_budget interval DEFAULT NULL, view_group text DEFAULT NULL, covers text[] DEFAULT NULL, enabled boolean DEFAULT NULL
) RETURNS text LANGUAGE plpgsql AS $$
#variable_conflict use_column
DECLARE
  name text := millrace.known_view(register_view.view);
  target oid := millrace.view_of(COALESCE(name, register_view.view));
  func oid := millrace.function_of(COALESCE(name, register_view.view));
  wanted text := register_view.mode;
  now_set record;
BEGIN
  IF target IS NULL AND func IS NOT NULL THEN
    wanted := COALESCE(wanted, 'function'::text);
    IF wanted <> 'function'::text THEN
      RAISE EXCEPTION 'mode: % is a function, so its mode is function, not %', register_view.view, wanted USING ERRCODE = '22023';
    END IF;
  ELSIF target IS NULL THEN
    RAISE EXCEPTION 'view: there is no materialized view or function %', register_view.view USING ERRCODE = '42P01';
  ELSIF wanted = 'function'::text THEN
    RAISE EXCEPTION 'mode: % is a view, not a function', register_view.view USING ERRCODE = '22023';
  END IF;
  PERFORM millrace.refuse_setting(pg_catalog.length(register_view.view) > 150, 'view',
                                  pg_catalog.length(register_view.view)::text || ' characters'::text, 'at most 150 characters'),
          millrace.refuse_setting(wanted <> ALL (ARRAY['concurrently', 'plain', 'auto', 'function']), 'mode', wanted,
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
    INSERT INTO millrace.mv_views (view_name, mode) VALUES (name, COALESCE(wanted, 'concurrently'::text)) ON CONFLICT DO NOTHING;
  END IF;
  SELECT COALESCE(register_view.debounce, v.debounce) AS debounce, COALESCE(register_view.max_wait, v.max_wait) AS max_wait
    INTO now_set FROM millrace.mv_views v WHERE v.view_name = name FOR NO KEY UPDATE;
  PERFORM millrace.refuse_setting(register_view.max_wait < now_set.debounce, 'max_wait', register_view.max_wait::text,
                                  'the debounce ('::text || now_set.debounce::text || ') or more'::text);
  UPDATE millrace.mv_views v
     SET mode = COALESCE(wanted, v.mode), debounce = now_set.debounce,
         max_wait = GREATEST(now_set.max_wait, now_set.debounce), min_gap = COALESCE(register_view.min_gap, v.min_gap),
         max_lag = NULLIF(COALESCE(register_view.max_lag, v.max_lag), interval '0'),
         lock_timeout = COALESCE(register_view.lock_timeout, v.lock_timeout),
         statement_timeout = NULLIF(COALESCE(register_view.statement_timeout, v.statement_timeout), interval '0'),
         lock_budget = COALESCE(register_view.lock_budget, v.lock_budget),
         view_group = NULLIF(COALESCE(register_view.view_group, v.view_group), ''::text), covers = COALESCE(register_view.covers, v.covers),
         enabled = COALESCE(register_view.enabled, v.enabled), origin = 'registered', relid = CASE WHEN target IS NOT NULL THEN target END,
         funcid = CASE WHEN target IS NULL THEN func END,
         known_as = COALESCE(millrace.written_relation(target), millrace.written_function(func)),
         registered_as = COALESCE(v.registered_as, millrace.written_relation(target), millrace.written_function(func))
   WHERE v.view_name = name;
  INSERT INTO millrace.mv_state (view_name) VALUES (name) ON CONFLICT DO NOTHING;
  PERFORM millrace.resolve_views(true);
  IF EXISTS (SELECT FROM pg_catalog.pg_class c WHERE c.oid = target AND NOT c.relispopulated) THEN
    INSERT INTO millrace.mv_requests (view_name, at_once) VALUES (name, true);
  END IF;
  RETURN name;
END $$;

-- Forgets a view and stops watching tables for it. False: it was not registered.
CREATE OR REPLACE FUNCTION millrace.unregister_view(view text) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  name text := millrace.known_view(view);
  watched record;
BEGIN
  FOR watched IN SELECT w.id FROM millrace.mv_watches w WHERE w.view_name = name ORDER BY w.source::oid LOOP
    PERFORM millrace.drop_watch(watched.id);
  END LOOP;
  DELETE FROM millrace.mv_requests r
   WHERE r.ctid = ANY (ARRAY(SELECT q.ctid FROM millrace.mv_requests q WHERE q.view_name = name FOR UPDATE SKIP LOCKED));
  DELETE FROM millrace.mv_views v WHERE v.view_name = name;
  RETURN name IS NOT NULL;
END $$;

-- Marks a view as stale in the caller's transaction; it is refreshed after its debounce. Everybody may call it: it appends one row, and
-- the leader bounds what it keeps of names that name no view.
CREATE OR REPLACE FUNCTION millrace.request_refresh(view text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF length(view) > 300 THEN
    RAISE EXCEPTION 'view: must have at most 300 characters, had %', length(view) USING ERRCODE = '22023';
  END IF;
  INSERT INTO millrace.mv_requests (view_name) VALUES (view);
END $$;

REVOKE ALL ON FUNCTION millrace.register_view, millrace.unregister_view FROM PUBLIC;
-- One row appended to the requests, whose number the leader bounds: an application needs nothing but USAGE of the schema.
GRANT EXECUTE ON FUNCTION millrace.request_refresh TO PUBLIC;
