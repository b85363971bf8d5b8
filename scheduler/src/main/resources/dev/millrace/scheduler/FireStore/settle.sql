-- What the slot came to; one row, inserted by this transaction.
UPDATE millrace.fires SET job_id = :jobId, outcome = :outcome WHERE schedule = :schedule AND fire_time = :slot
