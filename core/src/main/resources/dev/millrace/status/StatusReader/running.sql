-- Claimed jobs and jobs that wait for children, the newest 100 of each, newest first. A batch has never started: its
-- children are those since it was made.
SELECT id, kind, queue, state, attempt, max_attempts, fence, worker_id, background_worker, parent_id, trigger, started_at,
       cancel_requested_at IS NOT NULL AS cancel_requested, children_left, 0 AS children
  FROM (SELECT * FROM millrace.jobs WHERE state = 'processing' ORDER BY id DESC LIMIT 100) processing
UNION ALL
SELECT id, kind, queue, state, attempt, max_attempts, fence, worker_id, background_worker, parent_id, trigger, started_at,
       cancel_requested_at IS NOT NULL AS cancel_requested, children_left,
       (SELECT count(*) FROM millrace.jobs c WHERE c.parent_id = waiting.id AND c.created_at >= coalesce(waiting.started_at, waiting.created_at))
  FROM (SELECT * FROM millrace.jobs WHERE state = 'waiting' ORDER BY id DESC LIMIT 100) waiting
 ORDER BY id DESC
