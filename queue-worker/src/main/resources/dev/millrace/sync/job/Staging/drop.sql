-- The staging table of one job, if it has one.
DROP TABLE IF EXISTS millrace.sync_staging_JOB
