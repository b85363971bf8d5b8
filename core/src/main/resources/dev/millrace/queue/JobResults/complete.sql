-- Attempts of one worker id that completed their job, all at once; a stale claim changes nothing. A job with unfinished children waits for
-- them. CASE, not AND, so that the planner sees only the primary key: by stale statistics it would read all of jobs_processing, or all of
-- the worker's.
UPDATE millrace.jobs j
   SET state = CASE WHEN j.children_left > 0 THEN 'waiting'
                    WHEN j.children_failed > 0 AND j.on_child_failure = 'fail' THEN 'failed'
                    ELSE 'completed' END,
       finished_at = CASE WHEN j.children_left > 0 THEN NULL ELSE clock_timestamp() END,
       error = CASE WHEN j.children_left = 0 AND j.children_failed > 0 AND j.on_child_failure = 'fail'
                    THEN j.children_failed::text || ' of its children did not complete'::text END,
       result = ended.result::jsonb
  FROM unnest(?::bigint[], ?::bigint[], ?::text[]) AS ended (id, fence, result)
 WHERE j.id = ended.id AND j.fence = ended.fence
   AND CASE j.state WHEN 'processing' THEN j.worker_id = ? ELSE false END
   AND (SELECT set_config('lock_timeout', '250ms', true) IS NOT NULL)
RETURNING j.id, j.finished_at IS NOT NULL
