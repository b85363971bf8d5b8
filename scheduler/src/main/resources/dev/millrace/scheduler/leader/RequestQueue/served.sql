-- The rows of mv_refresh_queue that are served and free, at most 1,000: nothing asks for their view any more, or what they asked for is in
-- it. Locked until the transaction ends, which it does at once; a row that another session has locked is left for the next time.
WITH asked AS MATERIALIZED (SELECT DISTINCT view_name FROM millrace.mv_requests)
SELECT q.view_name
  FROM public.mv_refresh_queue q
 WHERE q.view_name::text = ANY (ARRAY(
         SELECT a.view_name
           FROM millrace.mv_adopted a
           LEFT JOIN asked under_its_name ON under_its_name.view_name = left(a.view_name, 300)
           LEFT JOIN asked under_the_known ON under_the_known.view_name = a.known
           LEFT JOIN millrace.mv_state s ON s.view_name = a.known
          WHERE (under_its_name.view_name IS NULL AND under_the_known.view_name IS NULL) OR s.fresh_as_of > a.adopted_at
          ORDER BY a.adopted_at
          LIMIT 1000))
   FOR UPDATE SKIP LOCKED
