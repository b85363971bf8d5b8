-- Why a job, a view or a background worker is where it is: its reasons in order, what holds first comes first. No row: there is no such thing.
-- code: for programs. message: a sentence. until: when the reason ends by itself. about, subject: what the reason names, if the caller can ask
-- for more: ('job', id), ('view', name), ('worker', name) or ('pause', '').
-- The functions read single rows, and no more than 10,000 entries of an index where they count.

-- A moment as the API writes it.
CREATE OR REPLACE FUNCTION millrace.moment_text(moment timestamptz) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT to_char(moment AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
$$;

-- A duration in its two greatest units.
CREATE OR REPLACE FUNCTION millrace.duration_text(duration interval) RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN s < 60 THEN s || ' s'
              WHEN s < 600 THEN s / 60 || ' min ' || s % 60 || ' s'
              WHEN s < 3600 THEN s / 60 || ' min'
              WHEN s < 86400 THEN s / 3600 || ' h ' || s % 3600 / 60 || ' min'
              ELSE s / 86400 || ' d ' || s % 86400 / 3600 || ' h' END
    FROM (SELECT greatest(extract(epoch FROM duration), 0)::bigint AS s) seconds
$$;

-- A count that stops at 10,001.
CREATE OR REPLACE FUNCTION millrace.count_text(counted bigint, one text, many text) RETURNS text LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN counted > 10000 THEN 'more than 10,000 ' || many
              ELSE trim(to_char(counted, '999,999')) || ' ' || CASE counted WHEN 1 THEN one ELSE many END END
$$;

-- No scheduler node has checked in within the last ten seconds.
CREATE OR REPLACE FUNCTION millrace.why_no_scheduler(consequence text)
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'no_scheduler',
         coalesce('no scheduler has checked in since ' || millrace.moment_text(max(n.checked_in_at)), 'no scheduler has ever checked in')
           || ': ' || consequence,
         NULL::timestamptz, NULL, NULL
    FROM millrace.scheduler_nodes n
  HAVING max(n.checked_in_at) >= clock_timestamp() - interval '10 seconds' IS NOT TRUE
$$;

-- The queue workers that claim from a lane now: at most 200.
CREATE OR REPLACE FUNCTION millrace.lane_workers(queue text, kind text) RETURNS SETOF millrace.queue_workers LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM millrace.queue_workers w
   WHERE w.lease_until > clock_timestamp() AND w.state = 'running' AND $1 = ANY (w.queues) AND $2 = ANY (w.kinds)
   LIMIT 200
$$;

-- What keeps every job of a lane from being claimed.
CREATE OR REPLACE FUNCTION millrace.why_lane(queue text, kind text)
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  (SELECT 'paused',
          format('%s %s paused by %s since %s because: %s',
                 CASE WHEN p.queue = '*' AND p.kind = '*' THEN 'all queues' WHEN p.kind = '*' THEN 'queue ' || p.queue
                      WHEN p.queue = '*' THEN 'kind ' || p.kind ELSE format('kind %s in queue %s', p.kind, p.queue) END,
                 CASE WHEN p.queue = '*' AND p.kind = '*' THEN 'are' ELSE 'is' END, p.paused_by, millrace.moment_text(p.paused_at), p.reason),
          NULL::timestamptz, 'pause', ''
     FROM millrace.pauses p
    WHERE p.queue IN ('*', $1) AND p.kind IN ('*', $2)
    ORDER BY p.paused_at)
  UNION ALL
  SELECT 'unserved',
         format('no queue worker serves kind %s in queue %s: %s', $2, $1,
                CASE running.workers WHEN 0 THEN 'none is running'
                     ELSE millrace.count_text(running.workers, 'queue worker', 'queue workers') || ' with other kinds or queues ' ||
                          CASE running.workers WHEN 1 THEN 'is' ELSE 'are' END || ' running' END),
         NULL, NULL, NULL
    FROM (SELECT count(*) AS workers
            FROM (SELECT FROM millrace.queue_workers w WHERE w.lease_until > clock_timestamp() AND w.state = 'running' LIMIT 10001) few) running
   WHERE NOT EXISTS (SELECT FROM millrace.lane_workers($1, $2))
$$;

-- The sessions that block the refresh of a view, which holds the advisory lock of the view's number.
CREATE OR REPLACE FUNCTION millrace.why_blocked(view_names text[])
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE sql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
  SELECT 'blocked_by',
         format('its refresh of %s is blocked by pid %s (user %s, application %s), whose transaction is %s old', v.view_name, b.pid,
                coalesce(b.usename, '?'), coalesce(nullif(b.application_name, ''), '?'),
                coalesce(millrace.duration_text(clock_timestamp() - b.xact_start), 'of unknown age')),
         NULL::timestamptz, 'view', v.view_name
    FROM millrace.mv_views v
    JOIN pg_locks l ON l.locktype = 'advisory' AND l.granted AND l.classid = 1836445698::bigint::oid AND l.objid IN (v.relid, v.funcid)
     AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
   CROSS JOIN LATERAL unnest(pg_blocking_pids(l.pid)) AS blocking (pid)
    JOIN pg_stat_activity b ON b.pid = blocking.pid
   WHERE v.view_name = ANY ($1)
   ORDER BY b.xact_start
   LIMIT 20
$$;

-- How a queued job stands to the others: the lock key and the limit it needs, the jobs before it, the room of its queue workers.
CREATE OR REPLACE FUNCTION millrace.why_queued(j millrace.jobs)
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  ahead bigint;
  served bigint;
  places bigint;
  taken bigint;
  reserved bigint;
  a_minute numeric;
BEGIN
  IF j.processes_lost > 0 THEN
    RETURN QUERY SELECT 'runs_alone',
      format('its last %s ended with the process: it is claimed only by a queue worker that runs nothing else',
             CASE j.processes_lost WHEN 1 THEN 'attempt' ELSE j.processes_lost || ' attempts' END), NULL::timestamptz, NULL, NULL;
  END IF;
  RETURN QUERY SELECT 'lock_held',
      format('lock key %L is held by job %s, which has been running for %s on queue worker %s', j.lock_key, h.id,
             millrace.duration_text(clock_timestamp() - h.started_at), h.worker_id), NULL::timestamptz, 'job', h.id::text
    FROM millrace.jobs h WHERE h.lock_key = j.lock_key AND h.state = 'processing';
  RETURN QUERY SELECT 'behind_of_lock_key', format('%s of lock key %L %s higher', millrace.count_text(n, 'job', 'jobs'), j.lock_key, CASE n WHEN 1 THEN 'ranks' ELSE 'rank' END), NULL::timestamptz, NULL, NULL
    FROM (SELECT count(*) AS n
            FROM (SELECT FROM millrace.jobs o
                   WHERE o.lock_key = j.lock_key AND o.state = 'queued' AND o.rank < j.rank ORDER BY o.rank LIMIT 10001) few) counted
   WHERE n > 0;
  RETURN QUERY SELECT 'limit_reached',
      format('limit %s of %s of limit key %L is reached by %s %s', count(*), j.limit_max, j.limit_key,
             CASE count(*) WHEN 1 THEN 'job' ELSE 'jobs' END,
             string_agg(h.id::text, ', ' ORDER BY h.limit_slot) FILTER (WHERE h.limit_slot <= 10)
               || CASE WHEN count(*) > 10 THEN format(' and %s more', count(*) - 10) ELSE '' END),
      NULL::timestamptz, 'job', min(h.id)::text
    FROM (SELECT id, row_number() OVER (ORDER BY started_at) AS limit_slot
            FROM millrace.jobs WHERE limit_key = j.limit_key AND state = 'processing') h
  HAVING count(*) >= j.limit_max;
  RETURN QUERY SELECT 'key_kept', format('%s is kept for job %s, which has to run alone and has waited since %s',
             CASE WHEN s.lock_key = j.lock_key THEN format('lock key %L', j.lock_key) ELSE format('limit key %L', j.limit_key) END, s.id,
             millrace.moment_text(s.run_at)), NULL::timestamptz, 'job', s.id::text
    FROM millrace.jobs s
   WHERE j.processes_lost = 0 AND s.finished_at IS NULL AND s.processes_lost > 0
     AND CASE s.state WHEN 'queued' THEN (s.lock_key = j.lock_key OR s.limit_key = j.limit_key) AND millrace.suspect_keeps_keys(s.run_at) ELSE false END
   LIMIT 20;
  SELECT count(*), sum(w.concurrency), sum(w.running), count(*) FILTER (WHERE w.reserved_until > clock_timestamp())
    INTO served, places, taken, reserved
    FROM (SELECT concurrency, reserved_until,
                 CASE WHEN reserved_until > clock_timestamp() AND j.processes_lost = 0 THEN concurrency
                      ELSE (SELECT count(*) FROM (SELECT FROM millrace.jobs p
                                                   WHERE p.worker_id = lw.worker_id AND p.state = 'processing' LIMIT lw.concurrency) few) END AS running
            FROM millrace.lane_workers(j.queue, j.kind) lw) w;
  SELECT count(*) INTO ahead
    FROM (SELECT FROM (SELECT j.kind AS kind UNION SELECT unnest(w.kinds) FROM millrace.lane_workers(j.queue, j.kind) w) lane
           CROSS JOIN LATERAL (
             SELECT FROM millrace.jobs o
              WHERE o.queue = j.queue AND o.kind = lane.kind AND o.state = 'queued' AND o.rank < j.rank ORDER BY o.rank LIMIT 10001) few
           LIMIT 10001) before;
  IF ahead > 0 THEN
    -- of the last five whole minutes; a kind beyond those that a queue worker counts one by one is left out
    SELECT sum(m.jobs) / 5.0 INTO a_minute
      FROM millrace.job_minutes m
     WHERE m.at >= date_trunc('minute', clock_timestamp()) - interval '5 minutes' AND m.at < date_trunc('minute', clock_timestamp())
       AND m.queue = j.queue AND m.kind <> '*' AND m.outcome <> 'retried'
       AND (m.kind = j.kind OR m.kind IN (SELECT unnest(w.kinds) FROM millrace.lane_workers(j.queue, j.kind) w));
    RETURN QUERY SELECT 'behind', format('it is behind %s of higher rank in queue %s', millrace.count_text(ahead, 'job', 'jobs'), j.queue)
        || CASE WHEN a_minute > 0
                THEN format('; of late %s a minute have ended there, so that its turn comes in %s %s', CASE WHEN a_minute < 10 THEN round(a_minute, 1) ELSE round(a_minute) END,
                            CASE WHEN ahead > 10000 THEN 'more than' ELSE 'about' END, millrace.duration_text(ahead / a_minute * interval '1 minute'))
                ELSE '' END,
      NULL::timestamptz, NULL, NULL;
  END IF;
  IF served > 0 AND taken >= places THEN
    RETURN QUERY SELECT 'workers_busy',
      format('%s of %s are taken on %s that can run it%s', taken, millrace.count_text(places, 'place', 'places'),
             millrace.count_text(served, 'queue worker', 'queue workers'),
             CASE WHEN reserved > 0 THEN ', or kept for jobs that have to run alone' ELSE '' END), NULL::timestamptz, NULL, NULL;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION millrace.why_job(job bigint)
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  j millrace.jobs;
  last millrace.job_attempts;
  now constant timestamptz := clock_timestamp();
  dispatch constant text := 'jobs that become due are not queued, and jobs of lost queue workers are not taken back';
  in_lane bigint;
  in_line bigint := 0;
  over boolean;
BEGIN
  SELECT * INTO j FROM millrace.jobs WHERE id = job;
  IF j.state IN ('completed', 'failed', 'cancelled') THEN
    RETURN QUERY SELECT j.state, format('it is %s since %s%s', j.state, millrace.moment_text(j.finished_at), ': ' || left(nullif(j.error, ''), 500)),
      NULL::timestamptz, NULL, NULL;
  ELSIF j.state = 'waiting' THEN
    RETURN QUERY SELECT 'waits_for_children',
        format('%s of its %s unfinished; %s', CASE WHEN j.children_left = j.children_total THEN 'all' ELSE j.children_left::text END,
               millrace.count_text(j.children_total, 'child', 'children') || CASE j.children_left WHEN 1 THEN ' is' ELSE ' are' END,
               CASE j.end_state WHEN 'failed' THEN 'it has failed and ends with the last of them'
                    WHEN 'cancelled' THEN 'it is cancelled and ends with the last of them' ELSE 'it ends with the last of them' END),
        NULL::timestamptz, CASE WHEN child.id IS NOT NULL THEN 'job' END, child.id::text
      FROM (SELECT min(id) AS id FROM (SELECT id, finished_at FROM millrace.jobs WHERE parent_id = job LIMIT 10000) few WHERE finished_at IS NULL) child;
  ELSIF j.state = 'processing' THEN
    RETURN QUERY SELECT r.*
      FROM millrace.queue_workers w
     CROSS JOIN LATERAL (
       SELECT 'worker_lost' AS code,
              format('the lease of queue worker %s ended %s ago: a scheduler takes the job back', w.worker_id,
                     millrace.duration_text(now - w.lease_until)), NULL::timestamptz, NULL, NULL
        WHERE w.lease_until <= now
       UNION ALL
       SELECT 'cancelling', format('its cancel was asked for at %s, and queue worker %s stops it', millrace.moment_text(j.cancel_requested_at), w.worker_id),
              NULL, NULL, NULL
        WHERE w.lease_until > now AND j.cancel_requested_at IS NOT NULL
       UNION ALL
       SELECT 'running', format('attempt %s of %s has been running for %s on queue worker %s', j.attempt, j.max_attempts,
                                millrace.duration_text(now - j.started_at), w.worker_id), NULL, NULL, NULL
        WHERE w.lease_until > now) r
     WHERE w.worker_id = j.worker_id;
    IF j.kind = 'mv.refresh' AND jsonb_typeof(j.payload->'views') = 'array' THEN
      RETURN QUERY SELECT * FROM millrace.why_blocked(ARRAY(SELECT jsonb_array_elements_text(j.payload->'views')));
    END IF;
    RETURN QUERY SELECT s.* FROM millrace.queue_workers w, millrace.why_no_scheduler(dispatch) s WHERE w.worker_id = j.worker_id AND w.lease_until <= now;
  ELSIF j.id IS NOT NULL THEN
    IF j.state = 'scheduled' AND j.run_at > now THEN
      SELECT * INTO last FROM millrace.job_attempts a WHERE a.job_id = job ORDER BY a.fence DESC LIMIT 1;
      RETURN QUERY SELECT w.code, w.message || ' until ' || millrace.moment_text(j.run_at) || ', for ' || millrace.duration_text(j.run_at - now) || w.because,
                          j.run_at, NULL, NULL
        FROM (SELECT CASE WHEN last.outcome IN ('failed', 'lost') THEN 'backing_off' WHEN last.outcome = 'snoozed' THEN 'snoozed'
                          WHEN j.asked_at IS NOT NULL THEN 'debounced' ELSE 'not_due' END AS code,
                     CASE WHEN last.outcome IN ('failed', 'lost') THEN format('attempt %s of %s waits out a back-off', j.attempt + 1, j.max_attempts)
                          WHEN last.outcome = 'snoozed' THEN 'its handler has put it off'
                          WHEN j.asked_at IS NOT NULL THEN format('it collects further calls of unique key %L', j.unique_key)
                          ELSE 'it is not due' END AS message,
                     CASE WHEN last.outcome = 'failed' THEN format('; attempt %s failed', last.attempt)
                          WHEN last.outcome = 'lost' THEN format('; attempt %s was lost with queue worker %s', last.attempt, last.worker_id)
                          ELSE '' END || coalesce(': ' || left(nullif(last.error, ''), 500), '') AS because) w;
    ELSIF j.state = 'scheduled' THEN
      RETURN QUERY SELECT 'due', format('it has been due since %s, and a scheduler queues it', millrace.moment_text(j.run_at)), NULL::timestamptz, NULL, NULL;
    END IF;
    over := coalesce(j.finish_by <= now, false) OR j.attempt = 0 AND coalesce(j.start_by <= now, false);
    IF over THEN
      RETURN QUERY SELECT 'deadline_over', format('its deadline %s is over, and a scheduler ends it as failed', millrace.moment_text(least(j.finish_by, j.start_by))),
        NULL::timestamptz, NULL, NULL;
    END IF;
    RETURN QUERY SELECT * FROM millrace.why_lane(j.queue, j.kind);
    GET DIAGNOSTICS in_lane = ROW_COUNT;
    IF j.state = 'queued' AND NOT over THEN
      RETURN QUERY SELECT * FROM millrace.why_queued(j);
      GET DIAGNOSTICS in_line = ROW_COUNT;
    END IF;
    IF j.state = 'queued' AND NOT over AND in_lane + in_line = 0 THEN
      RETURN QUERY SELECT 'ready', format('it has been ready for %s, and a queue worker with a free place takes it next', millrace.duration_text(now - j.run_at)),
        NULL::timestamptz, NULL, NULL;
    END IF;
    RETURN QUERY SELECT * FROM millrace.why_no_scheduler(
      CASE j.state WHEN 'queued' THEN 'jobs that were enqueued by SQL, or that Redis has lost, are not found while Redis answers' ELSE dispatch END);
  END IF;
END $$;

-- The view is named as it is registered.
CREATE OR REPLACE FUNCTION millrace.why_view(name text)
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  f millrace.mv_freshness;
  now constant timestamptz := clock_timestamp();
BEGIN
  SELECT * INTO f FROM millrace.mv_freshness v WHERE v.view_name = name;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT 'missing', format('there is no such %s any more', CASE f.mode WHEN 'function' THEN 'function' ELSE 'materialized view' END), NULL::timestamptz, NULL, NULL
     WHERE f.missing
    UNION ALL
    SELECT 'disabled', 'its refresh is disabled', NULL, NULL, NULL WHERE NOT f.enabled
    UNION ALL
    SELECT 'failed', format('%s failed, the last at %s: %s', CASE f.failures_in_row WHEN 1 THEN 'the last refresh' ELSE format('the last %s refreshes', f.failures_in_row) END,
                            millrace.moment_text(f.last_failure_at), left(f.last_error, 500)), NULL, NULL, NULL
     WHERE f.failures_in_row > 0
    UNION ALL
    SELECT 'was_blocked_by', format('its last refresh was blocked by pid %s (user %s, application %s)', b->>'pid', coalesce(b->>'user', '?'),
                                    coalesce(nullif(b->>'application', ''), '?')), NULL, NULL, NULL
      FROM jsonb_array_elements(CASE jsonb_typeof(f.blockers) WHEN 'array' THEN f.blockers END) b WHERE f.failures_in_row > 0
    UNION ALL
    SELECT 'changes_not_seen', f.watch_fault, NULL, NULL, NULL WHERE f.watch_fault IS NOT NULL;
  IF f.job_id IS NOT NULL THEN
    RETURN QUERY SELECT 'has_job', format('job %s refreshes it and is %s', f.job_id, f.job_state), NULL::timestamptz, 'job', f.job_id::text;
    RETURN QUERY SELECT * FROM millrace.why_job(f.job_id);
  ELSIF f.due_at IS NOT NULL THEN
    RETURN QUERY SELECT 'not_due', format('it is not due until %s, for %s', millrace.moment_text(f.due_at), millrace.duration_text(f.due_at - now))
                          || CASE WHEN f.failures_in_row > 0 THEN ': after a failure it is tried again later each time'
                                  WHEN f.first_request IS NOT NULL THEN format(': changes are collected since %s', millrace.moment_text(f.first_request))
                                  ELSE '' END, f.due_at, NULL, NULL
      WHERE f.due_at > now;
    RETURN QUERY SELECT 'waits_for_upstream', format('it waits for %s, which it reads and which %s', u.view_name,
                                                     CASE WHEN u.job_id IS NOT NULL THEN format('job %s refreshes', u.job_id) ELSE 'is due' END),
                        NULL::timestamptz, 'view', u.view_name
      FROM millrace.mv_edges e JOIN millrace.mv_freshness u ON u.view_name = e.upstream
     WHERE e.downstream = name AND (u.job_id IS NOT NULL OR u.due_at <= now)
     ORDER BY e.distance, u.view_name LIMIT 20;
    RETURN QUERY SELECT 'due', format('it has been due since %s, and a scheduler enqueues its refresh', millrace.moment_text(f.due_at)), NULL::timestamptz, NULL, NULL
      WHERE f.due_at <= now;
    RETURN QUERY SELECT * FROM millrace.why_lane('default', 'mv.refresh');
    RETURN QUERY SELECT * FROM millrace.why_no_scheduler('no refresh is enqueued');
  ELSIF f.enabled AND NOT f.missing THEN
    RETURN QUERY SELECT 'fresh', CASE WHEN f.watched THEN format('no change of a watched table is missing, as of %s', coalesce(millrace.moment_text(f.fresh_as_of), 'now'))
                                      ELSE 'no request is there, no table is watched for it, and it has no max_lag' END, NULL::timestamptz, NULL, NULL;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION millrace.why_worker(name text)
  RETURNS TABLE (code text, message text, until timestamptz, about text, subject text) LANGUAGE plpgsql STABLE
  SET search_path = pg_catalog, pg_temp AS $$
#variable_conflict use_column
DECLARE
  b public.background_workers;
  run record;
  now constant timestamptz := clock_timestamp();
BEGIN
  SELECT * INTO b FROM public.background_workers w WHERE w.worker_name = name;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  RETURN QUERY
    SELECT 'disabled', 'its schedule is disabled' || coalesce(' by ' || b.paused_by || ' since ' || millrace.moment_text(b.paused_at), '')
                         || coalesce(' because: ' || b.paused_reason, ''), NULL::timestamptz, NULL, NULL
     WHERE NOT b.enabled
    UNION ALL
    SELECT 'no_kind', 'it has no kind: it is shown and never run', NULL, NULL, NULL WHERE b.kind IS NULL
    UNION ALL
    SELECT 'no_schedule', 'it has neither a cron expression nor an interval: it runs on request only', NULL, NULL, NULL
     WHERE b.kind IS NOT NULL AND b.cron IS NULL AND b.interval_seconds IS NULL
    UNION ALL
    SELECT 'failing', format('%s failed: %s', CASE b.runs_error_in_row WHEN 1 THEN 'the last run' ELSE format('the last %s runs', b.runs_error_in_row) END,
                             coalesce(left(b.last_error_message, 500), 'no error is recorded')), NULL, NULL, NULL
     WHERE b.runs_error_in_row > 0;
  FOR run IN
    SELECT r.id, r.state
      FROM (SELECT id, state, finished_at FROM millrace.jobs WHERE background_worker = name ORDER BY id DESC LIMIT 100) r
     WHERE r.finished_at IS NULL ORDER BY r.id LIMIT 3
  LOOP
    RETURN QUERY SELECT 'has_run', format('job %s is its run and is %s', run.id, run.state), NULL::timestamptz, 'job', run.id::text;
    RETURN QUERY SELECT * FROM millrace.why_job(run.id);
  END LOOP;
  IF run IS NULL AND b.kind IS NOT NULL THEN
    RETURN QUERY SELECT * FROM millrace.why_lane(coalesce(b.queue, millrace.stats_queue()), b.kind);
  END IF;
  IF b.enabled AND b.kind IS NOT NULL AND (b.cron IS NOT NULL OR b.interval_seconds IS NOT NULL) THEN
    RETURN QUERY
      SELECT 'slot_left_out', format('its slot of %s was left out: %s', millrace.moment_text(last.fire_time),
                                     CASE last.outcome WHEN 'overlapped' THEN 'the run before had not ended' ELSE 'no scheduler ran at that time' END),
             NULL::timestamptz, NULL, NULL
        FROM (SELECT fire_time, outcome FROM millrace.fires WHERE schedule = name ORDER BY fire_time DESC LIMIT 1) last
       WHERE last.outcome IN ('overlapped', 'misfired')
      UNION ALL
      SELECT CASE WHEN b.next_run_at > now THEN 'not_due' ELSE 'late' END,
             CASE WHEN b.next_run_at > now THEN format('its next run is due at %s, in %s', millrace.moment_text(b.next_run_at), millrace.duration_text(b.next_run_at - now))
                  ELSE format('its run of %s is late by %s', millrace.moment_text(b.next_run_at), millrace.duration_text(now - b.next_run_at)) END,
             CASE WHEN b.next_run_at > now THEN b.next_run_at END, NULL, NULL
       WHERE b.next_run_at IS NOT NULL
      UNION ALL
      SELECT 'no_next_run', 'no scheduler has computed its next run', NULL, NULL, NULL WHERE b.next_run_at IS NULL
      UNION ALL
      SELECT * FROM millrace.why_no_scheduler('no schedule is fired');
  END IF;
END $$;

REVOKE ALL ON FUNCTION millrace.moment_text, millrace.duration_text, millrace.count_text, millrace.why_no_scheduler, millrace.lane_workers,
  millrace.why_lane, millrace.why_blocked, millrace.why_queued, millrace.why_job, millrace.why_view, millrace.why_worker FROM PUBLIC;
