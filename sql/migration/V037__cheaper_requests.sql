-- Requests cost their writers less, and the leader's look at many views is cheaper.

-- An index is two writes more for each change of a watched table, and all writers want the same page of it. The few rows there are
-- between two refreshes are read faster from end to end.
DROP INDEX millrace.mv_requests_by_view;
DROP INDEX millrace.mv_requests_at_once;

-- The name of the sequence was looked up at each insert.
DO $$
DECLARE
  ids text := pg_get_serial_sequence('public.mv_refresh_queue', 'id');
BEGIN
  EXECUTE format('ALTER SEQUENCE %s CACHE 100', ids);
  EXECUTE format('ALTER TABLE millrace.mv_requests ALTER COLUMN id SET DEFAULT nextval(%L::regclass)', ids);
END $$;

-- Looks names up again: of those views whose relation does not bear the name any more, or of all when the edges are derived again,
-- which they also are when a name has changed its relation.
CREATE OR REPLACE FUNCTION millrace.resolve_views(edges boolean DEFAULT false) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE millrace.mv_views v SET relid = now.relid
    FROM (SELECT old.view_name, millrace.view_oid(old.view_name) AS relid FROM millrace.mv_views old
           WHERE old.mode <> 'function'
             AND (edges OR NOT EXISTS (
                   SELECT FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
                    WHERE c.oid = old.relid AND c.relkind = 'm' AND old.view_name IN (c.relname, n.nspname || '.' || c.relname)))) now
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

-- Gives requests under other spellings the registered name, and registers views that were asked for and that nobody registered.
-- What names no view stays as it is, and is shown.
CREATE OR REPLACE FUNCTION millrace.adopt_requests() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  asked record;
  known text;
BEGIN
  FOR asked IN
    SELECT s.view_name FROM (SELECT DISTINCT view_name FROM millrace.mv_requests) s
     WHERE NOT EXISTS (SELECT FROM millrace.mv_views v WHERE v.view_name = s.view_name)
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

-- Every registered view: when it is due, and how fresh it is. due_at works backwards from the measured duration, so that the
-- target is met. A view whose tables are not watched is due by its age alone.
CREATE OR REPLACE VIEW millrace.mv_freshness AS
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
               q.first_request, q.last_request, q.at_once, w.view_name IS NOT NULL AS watched,
               v.mode <> 'function' AND c.oid IS NULL AS missing,
               -- What a refresh takes, with a margin, from its job's insert to its commit.
               interval '0.5 seconds' + coalesce(s.p95_ms, 0) * 1.2 * interval '1 millisecond' AS estimate,
               CASE WHEN s.failures_in_row > 0 THEN s.last_failure_at + least(
                 interval '5 minutes', interval '5 seconds' * power(2, least(s.failures_in_row, 8) - 1)) END AS try_again,
               j.id AS job_id, j.state AS job_state
          FROM millrace.mv_views v
          LEFT JOIN millrace.mv_state s ON s.view_name = v.view_name
          LEFT JOIN (
            SELECT view_name, min(refresh_requested_at) AS first_request, max(refresh_requested_at) AS last_request,
                   min(refresh_requested_at) FILTER (WHERE at_once) AS at_once
              FROM millrace.mv_requests GROUP BY view_name) q ON q.view_name = v.view_name
          LEFT JOIN (SELECT DISTINCT view_name FROM millrace.mv_watches) w ON w.view_name = v.view_name
          LEFT JOIN pg_catalog.pg_class c ON c.oid = v.relid AND c.relkind = 'm'
          LEFT JOIN millrace.jobs j
            ON j.unique_key = 'mv:' || v.view_name AND j.unique_while = 'unfinished'
           AND j.state IN ('scheduled', 'queued', 'processing', 'waiting')
      ) measured
  ) known;
