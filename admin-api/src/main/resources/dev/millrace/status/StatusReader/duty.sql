-- Who leads, when a node checked in last, and since when recurring jobs are late. One row.
SELECT (SELECT node FROM millrace.leader WHERE lease_until > clock_timestamp()) AS leader,
       (SELECT max(checked_in_at) FROM millrace.scheduler_nodes) AS last_checkin_at,
       (SELECT min(next_run_at) FROM public.background_workers
         WHERE enabled AND kind IS NOT NULL AND next_run_at < clock_timestamp() - interval '15 s') AS late_since
