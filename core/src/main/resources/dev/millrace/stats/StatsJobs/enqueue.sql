-- One row: the job, whether it is new, and the queue of new ones.
SELECT job.job_id, job.created, told.queue
  FROM (SELECT millrace.stats_queue() AS queue) told
 CROSS JOIN LATERAL millrace.enqueue_stats(:cause, :requestId, told.queue, extra => :extra::jsonb) job
