-- Those of some jobs that are unfinished and that no other transaction has locked, children first, and whether the parent of each was told
-- to stop, or has ended. They stay locked until this transaction ends.
SELECT j.id, j.parent_id,
       (SELECT p.cancel_requested_at IS NOT NULL OR p.finished_at IS NOT NULL FROM millrace.jobs p WHERE p.id = j.parent_id) AS follows
  FROM millrace.jobs j
 WHERE j.id = ANY (:ids) AND j.state IN ('scheduled', 'queued', 'processing', 'waiting')
 ORDER BY j.id DESC
   FOR UPDATE OF j SKIP LOCKED
