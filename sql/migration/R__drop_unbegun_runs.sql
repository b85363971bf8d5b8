-- A worker that is disabled finishes the run it has started and starts no other: what its schedule had queued is cancelled. A row that
-- another session holds is being claimed, which takes a moment; one that stays held has begun.
CREATE OR REPLACE FUNCTION millrace.drop_unbegun_runs() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '1s' AS $$
DECLARE
  unbegun bigint[];
BEGIN
  BEGIN
    SELECT array_agg(id) INTO unbegun
      FROM (SELECT id FROM millrace.jobs
             WHERE background_worker = NEW.worker_name AND trigger = 'schedule' AND attempt = 0 AND parent_id IS NULL
               AND state IN ('scheduled', 'queued')
             ORDER BY id
               FOR UPDATE) held;
  EXCEPTION WHEN lock_not_available THEN
    SELECT array_agg(id) INTO unbegun
      FROM (SELECT id FROM millrace.jobs
             WHERE background_worker = NEW.worker_name AND trigger = 'schedule' AND attempt = 0 AND parent_id IS NULL
               AND state IN ('scheduled', 'queued')
               FOR UPDATE SKIP LOCKED) held;
  END;
  UPDATE millrace.jobs
     SET state = 'cancelled', finished_at = clock_timestamp(), error = 'background worker disabled before the run began'
   WHERE id = ANY (unbegun);
  RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION millrace.drop_unbegun_runs FROM PUBLIC;

CREATE OR REPLACE TRIGGER background_worker_disabled AFTER UPDATE OF enabled ON public.background_workers
  FOR EACH ROW WHEN (OLD.enabled AND NOT NEW.enabled) EXECUTE FUNCTION millrace.drop_unbegun_runs();
