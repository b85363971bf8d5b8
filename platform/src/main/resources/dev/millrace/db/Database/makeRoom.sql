-- An installation that refreshed its views without Millrace has tables named like ours. They are renamed before ours are made; what they
-- hold is moved over by V003. Its triggers name the table only when they run, so they write to ours from then on.
DO $$
BEGIN
  PERFORM pg_advisory_xact_lock(1836445700);
  IF to_regclass('millrace.mv_requests') IS NULL THEN
    IF to_regclass('public.mv_refresh_queue') IS NOT NULL THEN
      ALTER TABLE public.mv_refresh_queue RENAME TO mv_refresh_queue_before_millrace;
    END IF;
    IF to_regclass('public.mv_refresh_log') IS NOT NULL THEN
      ALTER TABLE public.mv_refresh_log RENAME TO mv_refresh_log_before_millrace;
    END IF;
  END IF;
END $$
