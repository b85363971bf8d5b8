-- One finished job that did not complete, queued again. Not while its children of the run before are at work, nor while
-- its parent is about to run: either would be counted off twice. Nor a batch: its jobs are. Deadlines are over with the run they were for.
-- A suspect stays one.
UPDATE millrace.jobs j
   SET state = 'queued', run_at = clock_timestamp(), finished_at = NULL, cancel_requested_at = NULL, error = NULL,
       start_by = NULL, finish_by = NULL, children_left = 0, children_failed = 0, children_total = 0, end_state = NULL,
       processes_lost = least(processes_lost, 1), max_attempts = greatest(max_attempts, attempt + 1)
 WHERE id = :id AND state IN ('failed', 'cancelled') AND attempt < 1000 AND kind <> 'batch'
   AND NOT EXISTS (SELECT 1 FROM millrace.jobs child WHERE child.parent_id = j.id AND child.finished_at IS NULL)
   AND NOT EXISTS (
     SELECT 1 FROM millrace.jobs parent
      WHERE parent.id = j.parent_id AND parent.state IN ('scheduled', 'queued', 'processing'))
RETURNING queue, kind, priority, lock_key, parent_id
