-- Every profile, by name.
SELECT profile, description, cron FROM millrace.schedule_profiles ORDER BY profile
