-- The rows of mv_refresh_queue that are served and free: nothing asks for their view any more, or what they asked for is in it. Locked until
-- the transaction ends, which it does at once; a row that another session has locked is left for the next time.
SELECT q.view_name
  FROM public.mv_refresh_queue q
 WHERE q.view_name::text = ANY (ARRAY(
         SELECT a.view_name
           FROM (SELECT k.view_name, k.adopted_at, millrace.known_view(k.view_name) AS known FROM millrace.mv_adopted k OFFSET 0) a
          WHERE NOT EXISTS (SELECT FROM millrace.mv_requests r WHERE r.view_name = left(a.view_name, 300) OR r.view_name = a.known)
             OR EXISTS (SELECT FROM millrace.mv_state s WHERE s.view_name = a.known AND s.fresh_as_of > a.adopted_at)))
   FOR UPDATE SKIP LOCKED
