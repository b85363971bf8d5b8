-- The job of this fenced transaction; its fence is checked before the commit.
UPDATE millrace.jobs SET result = :result::jsonb WHERE id = :jobId
