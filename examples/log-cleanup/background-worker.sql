-- What it cleans, unless your application has it already.
CREATE TABLE IF NOT EXISTS public.app_log (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  logged_at timestamptz NOT NULL DEFAULT now(),
  line text);

-- The recurring schedule: every night at half past two, Berlin time. The admin API shows it by itself.
INSERT INTO background_workers (worker_name, display_name, description, interval_seconds, cron, time_zone, kind, payload)
VALUES ('log_cleanup', 'Log Cleanup', 'Deletes application log rows older than 30 days.', NULL,
        '30 2 * * *', 'Europe/Berlin', 'log.cleanup', '{"keep_days": 30}')
ON CONFLICT (worker_name) DO NOTHING;
