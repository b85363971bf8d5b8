-- Each refresh is under the limit key 'mv.refresh', however its job was made: by the leader, a schedule, HTTP, SQL, the command line,
-- as a child or a callback. So those for which there is no room wait in the queue and take no thread of a queue worker.
-- The body stands in R__limit_refresh.sql.
CREATE FUNCTION millrace.limit_refresh() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;

CREATE TRIGGER refreshes_are_limited BEFORE INSERT ON millrace.jobs
  FOR EACH ROW WHEN (NEW.kind = 'mv.refresh') EXECUTE FUNCTION millrace.limit_refresh();

UPDATE millrace.jobs SET limit_key = 'mv.refresh', limit_max = 3
 WHERE kind = 'mv.refresh' AND limit_key IS NULL AND state IN ('scheduled', 'queued');
