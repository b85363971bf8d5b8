-- Forgets the versions that no row has any more.
DELETE FROM millrace.mv_adopted a
 WHERE NOT EXISTS (SELECT FROM public.mv_refresh_queue q WHERE q.view_name::text = a.view_name AND a.version = concat(q.xmin, ' ', q.ctid))
