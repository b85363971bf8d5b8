-- One row: whether the batch was counted, which it is once however often it is sent.
SELECT millrace.add_job_counts(?, ?, ? * interval '1 millisecond', ?::jsonb)
