-- Those of some jobs that are not needed while another of their lock key runs.
SELECT id
  FROM millrace.jobs j
 WHERE id = ANY (?) AND CASE state WHEN 'queued' THEN on_busy = 'skip' ELSE false END
   AND (SELECT held.id FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing') IS NOT NULL
