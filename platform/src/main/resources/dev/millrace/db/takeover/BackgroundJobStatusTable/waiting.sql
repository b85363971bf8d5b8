-- One job for all rows that wait or were at work when the table was taken over: all stats jobs do the same. Each row follows it, and a
-- request that is made again is answered with it.
DO $$
DECLARE
  job bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM public.background_job_status s
                  WHERE s.status::text IN ('queued', 'processing') AND s.job_type::text = 'stats_update' AND s.job_id IS NULL) THEN
    RETURN;
  END IF;
  PERFORM set_config('millrace.adopts', 'on', true);
  SELECT e.job_id INTO job FROM millrace.enqueue_stats('admin') e;
  PERFORM set_config('millrace.adopts', '', true);
  INSERT INTO millrace.stats_requests (request_id, job_id)
  SELECT DISTINCT s.payload->>'requestId', job
    FROM public.background_job_status s
   WHERE s.status::text IN ('queued', 'processing') AND s.job_type::text = 'stats_update' AND s.job_id IS NULL
     AND length(s.payload->>'requestId') BETWEEN 1 AND 200
      ON CONFLICT DO NOTHING;
  PERFORM set_config('millrace.mirrors', 'on', true);
  UPDATE public.background_job_status s SET job_id = job
   WHERE s.status::text IN ('queued', 'processing') AND s.job_type::text = 'stats_update' AND s.job_id IS NULL;
  PERFORM set_config('millrace.mirrors', '', true);
  PERFORM millrace.show_stats_jobs(1000, true);
END $$
