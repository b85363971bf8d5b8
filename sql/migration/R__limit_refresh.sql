-- What every new refresh gets unless its job says otherwise.
-- limit_key: 'mv.refresh'; limit_max: as many as the queue worker that started last runs at once (MV_MAX_WORKERS).
-- run_timeout: where a statement_timeout is set for a view of the payload, half an hour and all of those together, so that a refresh that
-- may take hours is given them.
-- SECURITY DEFINER: an application that enqueues needs no rights on the registry of views.
CREATE OR REPLACE FUNCTION millrace.limit_refresh() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NEW.limit_key IS NULL THEN
    NEW.limit_key := 'mv.refresh';
    NEW.limit_max := coalesce((SELECT (k.defaults->>'at_once')::smallint FROM millrace.kinds k WHERE k.kind = 'mv.refresh'), 3);
  END IF;
  IF NEW.run_timeout IS NULL AND jsonb_typeof(NEW.payload->'views') = 'array' THEN
    NEW.run_timeout := (
      SELECT interval '30 minutes' + sum(v.statement_timeout)
        FROM millrace.mv_views v
       WHERE v.view_name IN (SELECT jsonb_array_elements_text(NEW.payload->'views')) AND v.statement_timeout > interval '0');
  END IF;
  RETURN NEW;
END $$;

REVOKE ALL ON FUNCTION millrace.limit_refresh FROM PUBLIC;

CREATE OR REPLACE TRIGGER refreshes_are_limited BEFORE INSERT ON millrace.jobs
  FOR EACH ROW WHEN (NEW.kind = 'mv.refresh') EXECUTE FUNCTION millrace.limit_refresh();
