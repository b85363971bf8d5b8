-- One row: a parent that no worker runs. Its children, and their number, follow in the same transaction.
INSERT INTO millrace.jobs (kind, state, children_left, on_child_failure, callback)
VALUES (:kind, 'waiting', 1, :onChildFailure, :callback::jsonb)
RETURNING id
