-- The hours of the master sync; a schedule that an admin has set stays.
UPDATE public.background_workers SET cron = :cron
 WHERE worker_name = 'master_sync' AND schedule_origin = 'default' AND cron IS DISTINCT FROM :cron
