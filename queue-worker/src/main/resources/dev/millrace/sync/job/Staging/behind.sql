-- The last row of the sheet that is staged; 0: none, also after a crash of Postgres, which empties unlogged tables.
SELECT coalesce(max(row_number), 0) FROM millrace.sync_staging_JOB
