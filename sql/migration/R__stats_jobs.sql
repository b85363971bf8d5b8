-- Stats jobs: how one is enqueued and retried, and how caches are invalidated after it.

CREATE OR REPLACE FUNCTION millrace.stats_queue() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT queue::text FROM millrace.stats_settings
$$;

-- Enqueues a stats job in the caller's transaction, into the queue of stats jobs unless another is named. The same request gives
-- the same job, as long as that is kept. The priority is the trigger's unless one is given; extra is kept in the payload.
CREATE OR REPLACE FUNCTION millrace.enqueue_stats(
  triggered_by text, request_id text DEFAULT NULL, queue text DEFAULT NULL, group_name text DEFAULT 'stats',
  priority     integer DEFAULT NULL, extra jsonb DEFAULT '{}', OUT job_id bigint, OUT created boolean
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  settings millrace.stats_groups;
  burst boolean;
BEGIN
  IF $1 IS NULL OR $1 NOT IN ('admin', 'cron', 'post-match') THEN
    RAISE EXCEPTION 'triggered_by: must be admin, cron or post-match, was ''%''', coalesce($1, 'null') USING ERRCODE = '22023';
  END IF;
  SELECT * INTO settings FROM millrace.stats_groups g WHERE g.group_name = $4;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'group_name: there is no group ''%''', $4 USING ERRCODE = '22023', HINT = 'groups stand in millrace.stats_groups';
  END IF;
  IF $2 IS NOT NULL THEN
    -- One caller at a time per request, so that two first calls do not both find nothing.
    PERFORM pg_advisory_xact_lock(hashtextextended('millrace.stats:' || $2, 0));
    SELECT r.job_id INTO job_id FROM millrace.stats_requests r WHERE r.request_id = $2;
    IF FOUND THEN
      created := false;
      RETURN;
    END IF;
  END IF;
  burst := $1 = 'post-match' AND settings.debounce > interval '0';
  SELECT e.job_id, e.created INTO job_id, created
    FROM millrace.enqueue(
           kind => 'stats.update',
           payload => jsonb_build_object('group', $4, 'triggered_by', $1,
                                         'request_ids', CASE WHEN $2 IS NULL THEN '[]' ELSE jsonb_build_array($2) END)
                      || CASE WHEN $6 <> '{}' THEN jsonb_build_object('extra', $6) ELSE '{}' END,
           queue => coalesce($3, millrace.stats_queue()),
           priority => coalesce($5, CASE $1 WHEN 'post-match' THEN 2 ELSE 1 END),
           lock_key => 'stats:' || $4,
           unique_key => CASE WHEN burst THEN 'stats:' || $4 || ':post-match' END,
           debounce => CASE WHEN burst THEN settings.debounce END, max_wait => CASE WHEN burst THEN settings.max_wait END, merge => 'union',
           trigger => 'api') e;
  IF $2 IS NOT NULL THEN
    INSERT INTO millrace.stats_requests (request_id, job_id) VALUES ($2, job_id);
  END IF;
END $$;

-- Retries a stats job that failed or was cancelled: the functions that failed, or all of them. False: it is in no such state.
CREATE OR REPLACE FUNCTION millrace.retry_stats(job_id bigint, everything boolean DEFAULT false) RETURNS boolean LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  UPDATE millrace.jobs j
     SET state = 'queued', run_at = clock_timestamp(), finished_at = NULL, cancel_requested_at = NULL, error = NULL,
         start_by = NULL, finish_by = NULL, max_attempts = greatest(max_attempts, attempt + 1)
   WHERE j.id = $1 AND j.kind = 'stats.update' AND j.state IN ('failed', 'cancelled') AND j.attempt < 1000 AND j.parent_id IS NULL;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  IF everything THEN
    PERFORM millrace.hand_over_cache_tags($1);
    DELETE FROM millrace.stats_runs r WHERE r.job_id = $1;
  END IF;
  RETURN true;
END $$;

-- Makes one invalidation of the tags of a job's functions that have committed and that no invalidation has yet, and a job that
-- sends it. Null: there are none.
CREATE OR REPLACE FUNCTION millrace.hand_over_cache_tags(stats_job_id bigint) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  told bigint;
  functions text[];
  tags text[];
BEGIN
  SELECT array_agg(f.function_name) INTO functions
    FROM (SELECT r.function_name FROM millrace.stats_runs r
           WHERE r.job_id = $1 AND r.status = 'completed' AND r.invalidation_id IS NULL AND r.cache_tags <> '{}'
             FOR UPDATE) f;
  IF functions IS NULL THEN
    RETURN NULL;
  END IF;
  SELECT array_agg(DISTINCT tag ORDER BY tag) INTO tags
    FROM millrace.stats_runs r CROSS JOIN LATERAL unnest(r.cache_tags) tag
   WHERE r.job_id = $1 AND r.function_name = ANY (functions);
  INSERT INTO millrace.cache_invalidations (stats_job_id, tags) VALUES ($1, tags) RETURNING id INTO told;
  UPDATE millrace.stats_runs r SET invalidation_id = told WHERE r.job_id = $1 AND r.function_name = ANY (functions);
  PERFORM millrace.send_cache_invalidation(told);
  RETURN told;
END $$;

-- Enqueues the job that sends an invalidation, also one that was sent; returns that job, or the unfinished one that sends it.
-- Null: there is no such invalidation.
CREATE OR REPLACE FUNCTION millrace.send_cache_invalidation(invalidation_id bigint) RETURNS bigint LANGUAGE plpgsql
  SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  sender bigint;
  fresh boolean;
  place record;
BEGIN
  -- With its stats job, while a queue worker serves that queue.
  SELECT CASE WHEN EXISTS (SELECT FROM millrace.queue_workers w
                            WHERE j.queue = ANY (w.queues) AND w.lease_until > clock_timestamp())
              THEN j.queue ELSE millrace.stats_queue() END AS queue,
         coalesce(j.priority, 1) AS priority
    INTO place
    FROM millrace.cache_invalidations i
    LEFT JOIN millrace.jobs j ON j.id = i.stats_job_id
   WHERE i.id = $1 FOR UPDATE OF i;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  SELECT e.job_id, e.created INTO sender, fresh
    FROM millrace.enqueue(
           kind => 'cache.invalidate', payload => jsonb_build_object('invalidation_id', $1), queue => place.queue,
           priority => place.priority, unique_key => 'cache.invalidate:' || $1, trigger => 'parent') e;
  IF fresh THEN
    UPDATE millrace.cache_invalidations i SET job_id = sender, sent_at = NULL WHERE i.id = $1;
  END IF;
  RETURN sender;
END $$;

REVOKE ALL ON FUNCTION millrace.stats_queue, millrace.enqueue_stats, millrace.retry_stats,
  millrace.hand_over_cache_tags, millrace.send_cache_invalidation FROM PUBLIC;
