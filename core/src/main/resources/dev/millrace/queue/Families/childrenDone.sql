-- The parents of finished children: count them off, and finish a parent that waits with its last child. Children that were enqueued under
-- a parent at work may end before it. OFFSET 0, so that the planner sees only the primary key.
WITH done AS (
  SELECT parent_id, count(*)::integer AS n, (count(*) FILTER (WHERE state <> 'completed'))::integer AS bad
    FROM (SELECT parent_id, state FROM millrace.jobs WHERE id = ANY (:ids) OFFSET 0) given
   WHERE parent_id IS NOT NULL
   GROUP BY parent_id
), parents AS (
  SELECT p.id FROM millrace.jobs p JOIN done ON done.parent_id = p.id ORDER BY p.id FOR NO KEY UPDATE OF p
), counted AS (
  UPDATE millrace.jobs p
     SET children_left = greatest(p.children_left - done.n, 0),
         children_failed = p.children_failed + done.bad,
         state = CASE WHEN p.state <> 'waiting' OR p.children_left > done.n THEN p.state
                      WHEN p.finish_by <= coalesce(p.cancel_requested_at, clock_timestamp()) THEN 'failed'
                      WHEN p.end_state IS NOT NULL THEN p.end_state
                      WHEN p.cancel_requested_at IS NOT NULL THEN 'cancelled'
                      WHEN p.on_child_failure = 'fail' AND p.children_failed + done.bad > 0 THEN 'failed'
                      ELSE 'completed' END,
         error = CASE WHEN p.state <> 'waiting' OR p.children_left > done.n THEN p.error
                      WHEN p.finish_by <= coalesce(p.cancel_requested_at, clock_timestamp())
                      THEN 'not finished by ' || to_json(p.finish_by)::text
                      WHEN p.end_state IS NULL AND p.on_child_failure = 'fail' AND p.children_failed + done.bad > 0
                      THEN (p.children_failed + done.bad) || ' of its children did not complete' ELSE p.error END,
         finished_at = CASE WHEN p.state = 'waiting' AND p.children_left <= done.n THEN clock_timestamp() END
    FROM done
   WHERE p.id = done.parent_id AND p.finished_at IS NULL AND p.id IN (SELECT id FROM parents)
  RETURNING p.id, p.finished_at
)
SELECT id FROM counted WHERE finished_at IS NOT NULL
