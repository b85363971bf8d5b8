-- One row: the refreshes of the last 24 hours, and the age of the present leadership.
SELECT count(*) AS total_refreshes, count(*) FILTER (WHERE status = 'success') AS successful,
       count(*) FILTER (WHERE status = 'error') AS failed,
       coalesce(100.0 * count(*) FILTER (WHERE status = 'success') / nullif(count(*), 0), 100) AS success_rate,
       coalesce(avg(duration_ms) FILTER (WHERE status = 'success'), 0) AS avg_duration_ms,
       coalesce((SELECT extract(epoch FROM clock_timestamp() - since) FROM millrace.leader
                  WHERE lease_until > clock_timestamp()), 0) AS uptime_seconds
  FROM public.mv_refresh_log
 WHERE refresh_completed_at > clock_timestamp() - interval '24 hours'
