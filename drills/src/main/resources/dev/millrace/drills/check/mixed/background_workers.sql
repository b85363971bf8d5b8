-- Background workers whose row, at rest, does not show how their newest run went.
SELECT b.worker_name || ' shows ' || coalesce(b.last_status, 'nothing') || ' at ' || coalesce(b.last_finished_at::text, '-')
       || ', its newest job ended ' || newest.state || ' at ' || newest.finished_at
  FROM public.background_workers b
 CROSS JOIN LATERAL (
   SELECT state, finished_at FROM millrace.jobs j
    WHERE j.background_worker = b.worker_name AND j.finished_at IS NOT NULL
    ORDER BY finished_at DESC LIMIT 1) newest
 WHERE b.worker_name LIKE 'mixed_%'
   AND (b.last_status IS DISTINCT FROM CASE newest.state WHEN 'completed' THEN 'success' ELSE 'error' END
        OR b.last_finished_at IS DISTINCT FROM newest.finished_at)
