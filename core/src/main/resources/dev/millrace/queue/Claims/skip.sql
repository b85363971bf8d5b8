-- Jobs that are not needed while another of their lock key runs.
UPDATE millrace.jobs j
   SET state = 'cancelled', finished_at = clock_timestamp(), error = 'its lock key was held, and it skips then'
 WHERE id = ANY (?) AND state = 'queued' AND on_busy = 'skip'
   AND EXISTS (SELECT 1 FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing')
RETURNING id
