-- The recurring schedule: every night at half past two, Berlin time. The admin API and the Workers page show it by themselves.
INSERT INTO background_workers (worker_name, display_name, description, interval_seconds, cron, time_zone, kind, payload)
VALUES ('log_cleanup', 'Log Cleanup', 'Deletes application log rows older than 30 days.', NULL,
        '30 2 * * *', 'Europe/Berlin', 'log.cleanup', '{"keep_days": 30}')
ON CONFLICT (worker_name) DO NOTHING;
