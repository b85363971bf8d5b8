-- What is wrong with processes, queues, schedules and views: one row a finding.
SELECT 'FAIL' AS severity, 'no_scheduler' AS code, n.message, 'start one: millrace scheduler' AS advice
  FROM millrace.why_no_scheduler('nothing is scheduled, made ready or rescued') n
UNION ALL
SELECT 'FAIL', 'no_worker', 'no queue worker claims jobs', 'start one: millrace worker'
 WHERE NOT EXISTS (SELECT FROM millrace.queue_workers WHERE lease_until > clock_timestamp() AND state = 'running')
UNION ALL
SELECT 'WARN', 'lost_worker', format('queue worker %s on %s was lost: it has not been heard of since %s', worker_id, host, millrace.moment_text(heartbeat_at)),
       'look at its log; its jobs run again elsewhere'
  FROM millrace.queue_workers
 WHERE state <> 'stopped' AND lease_until <= clock_timestamp() AND lease_until > clock_timestamp() - interval '1 hour'
UNION ALL
SELECT 'WARN', 'unserved', format('%s jobs wait in queue %s, which no queue worker claims from', kind, queue),
       format('start a worker of this kind with QUEUE_NAME=%s', queue)
  FROM millrace.unserved_lanes
UNION ALL
SELECT 'WARN', 'trouble', format('queue worker %s: %s', w.worker_id, t), ''
  FROM millrace.queue_workers w CROSS JOIN unnest(w.troubles) t
 WHERE w.lease_until > clock_timestamp()
UNION ALL
SELECT 'WARN', 'trouble', format('scheduler node %s: %s', n.node, t), ''
  FROM millrace.scheduler_nodes n CROSS JOIN unnest(n.troubles) t
 WHERE n.checked_in_at > clock_timestamp() - interval '30 seconds'
UNION ALL
SELECT 'WARN', 'clock_skew', format('the clock of scheduler node %s on %s is %s s %s that of Postgres', node, host, abs(clock_skew_ms) / 1000,
                                    CASE WHEN clock_skew_ms < 0 THEN 'behind' ELSE 'ahead of' END),
       'have both take the time from an NTP server'
  FROM millrace.scheduler_nodes
 WHERE checked_in_at > clock_timestamp() - interval '30 seconds' AND abs(clock_skew_ms) > 2000
UNION ALL
SELECT 'WARN', 'misfired', format('the run of %s at %s has not begun', worker_name, millrace.moment_text(next_run_at)),
       format('millrace why worker %s says why', worker_name)
  FROM public.background_workers
 WHERE enabled AND kind IS NOT NULL AND next_run_at < clock_timestamp() - interval '2 minutes'
UNION ALL
SELECT 'NOTE', 'disabled', format('background worker %s is disabled by %s: %s', worker_name, paused_by, coalesce(paused_reason, 'no reason was given')),
       format('millrace workers resume %s', worker_name)
  FROM public.background_workers
 WHERE NOT enabled AND paused_by IS NOT NULL
UNION ALL
SELECT 'NOTE', 'paused', format('%s by %s since %s: %s', CASE WHEN queue = '*' AND kind = '*' THEN 'everything is paused' WHEN kind = '*' THEN 'queue ' || queue || ' is paused'
                                                            WHEN queue = '*' THEN 'kind ' || kind || ' is paused' ELSE format('kind %s in queue %s is paused', kind, queue) END,
                                paused_by, millrace.moment_text(paused_at), reason),
       'millrace queues resume'
  FROM millrace.pauses
UNION ALL
SELECT CASE p.severity WHEN 'error' THEN 'FAIL' ELSE 'WARN' END, 'view_' || p.code, format('view %s: %s', v.view_name, p.message), coalesce(p.fix_sql, '')
  FROM millrace.mv_views v CROSS JOIN LATERAL millrace.preflight(v.view_name) p
 WHERE v.mode IS DISTINCT FROM 'function' AND p.severity IN ('error', 'warning')
