-- Attempts that completed their job, all at once; a stale claim changes nothing. A job with unfinished children waits for them.
-- CASE, not AND, so that the planner sees only the primary key: by stale statistics it would read all of jobs_processing.
UPDATE millrace.jobs j
   SET state = CASE WHEN j.children_left > 0 THEN 'waiting'
                    WHEN j.children_failed > 0 AND j.on_child_failure = 'fail' THEN 'failed'
                    ELSE 'completed' END,
       finished_at = CASE WHEN j.children_left > 0 THEN NULL ELSE clock_timestamp() END,
       error = CASE WHEN j.children_left = 0 AND j.children_failed > 0 AND j.on_child_failure = 'fail'
                    THEN j.children_failed::text || ' of its children did not complete'::text END,
       result = ended.result::jsonb
  FROM unnest(?::bigint[], ?::bigint[], ?::text[], ?::text[]) AS ended (id, fence, worker_id, result)
 WHERE j.id = ended.id AND j.fence = ended.fence AND j.worker_id = ended.worker_id
   AND CASE j.state WHEN 'processing' THEN true ELSE false END
   AND (SELECT set_config('lock_timeout', '250ms', true) IS NOT NULL)
RETURNING j.id, j.finished_at IS NOT NULL
