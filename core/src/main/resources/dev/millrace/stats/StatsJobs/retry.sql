-- One row: whether the job is queued again.
SELECT millrace.retry_stats(:jobId, :everything)
