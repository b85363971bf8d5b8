-- Those of some jobs that are not needed while another of their lock key runs.
SELECT id
  FROM millrace.jobs j
 WHERE id = ANY (?) AND state = 'queued' AND on_busy = 'skip'
   AND EXISTS (SELECT 1 FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing')
