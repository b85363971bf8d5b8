-- Jobs that are not needed while another of their lock key runs. Not one that another transaction has locked, nor one that children of an
-- attempt before still belong to.
UPDATE millrace.jobs w
   SET state = 'cancelled', finished_at = clock_timestamp(),
       error = format('skipped: lock key %L is held by job %s', w.lock_key,
                      (SELECT h.id FROM millrace.jobs h WHERE h.lock_key = w.lock_key AND h.state = 'processing' LIMIT 1))
 WHERE w.id = ANY (ARRAY(
         SELECT id
           FROM millrace.jobs j
          WHERE id = ANY (?) AND CASE state WHEN 'queued' THEN on_busy = 'skip' AND children_left = 0 ELSE false END
            AND (SELECT held.id FROM millrace.jobs held WHERE held.lock_key = j.lock_key AND held.state = 'processing') IS NOT NULL
            FOR NO KEY UPDATE SKIP LOCKED))
RETURNING w.id
