-- The hours of the master sync, as a default: a schedule that an admin has set stays.
SELECT millrace.seed_background_worker('master_sync', pg_catalog.jsonb_build_object('cron', :cron::text))
 WHERE EXISTS (SELECT FROM public.background_workers
                WHERE worker_name = 'master_sync' AND NOT admin_set && '{interval_seconds,cron,time_zone}'
                  AND cron IS DISTINCT FROM :cron)
