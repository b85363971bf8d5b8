-- Claimed jobs and jobs that wait for children, the newest 100 of each, newest first. What is processing is sorted, not found by id:
-- it may all be older than millions of others.
SELECT id, kind, queue, state, attempt, max_attempts, fence, worker_id, background_worker, parent_id, trigger, started_at,
       cancel_requested_at IS NOT NULL AS cancel_requested, children_left, children_total
  FROM (SELECT * FROM millrace.jobs WHERE state = 'processing' AND worker_id IS NOT NULL ORDER BY id + 0 DESC LIMIT 100) processing
UNION ALL
SELECT id, kind, queue, state, attempt, max_attempts, fence, worker_id, background_worker, parent_id, trigger, started_at,
       cancel_requested_at IS NOT NULL AS cancel_requested, children_left, children_total
  FROM (SELECT * FROM millrace.jobs WHERE state = 'waiting' ORDER BY id DESC LIMIT 100) waiting
 ORDER BY id DESC
