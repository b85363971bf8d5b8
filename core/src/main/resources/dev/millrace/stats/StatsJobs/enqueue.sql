-- One row: the job, and whether it is new.
SELECT job_id, created FROM millrace.enqueue_stats(:cause, :requestId, :queue)
