-- Deletes those of some locked rows that were not written since they became requests.
DELETE FROM public.mv_refresh_queue q
 USING millrace.mv_adopted a
 WHERE q.view_name::text = ANY (:names) AND a.view_name = q.view_name::text AND a.version = concat(q.xmin, ' ', q.ctid)
