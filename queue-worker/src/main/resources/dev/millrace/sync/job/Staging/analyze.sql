-- The staging table has been filled a moment ago: without this the planner takes one row in 200 for readable. Only columns that conditions name.
ANALYZE millrace.sync_staging_JOB (sku, problem)
