-- The master sync at the default hours; a scheduler sets those of SYNC_INTERVAL_HOURS.
-- Returns what was added; a row that exists stays as it is.
INSERT INTO public.background_workers (worker_name, display_name, description, interval_seconds, cron, kind)
VALUES ('master_sync', 'Master Sync', 'Reads the master sheet and syncs every supplier''s sheet. Its hours follow SYNC_INTERVAL_HOURS.',
        NULL, '0 0,8,16 * * *', 'sync.master')
    ON CONFLICT (worker_name) DO NOTHING
RETURNING 'background worker ' || worker_name
