-- What is wrong with the sync, suppliers, views and background workers: one row for each.
SELECT 'sync_failed' AS kind, 'master_sync' AS subject, 'the last master sync failed: ' || coalesce(left(error, 1000), 'no error is recorded') AS message
  FROM (SELECT state, error FROM millrace.jobs
         WHERE kind = 'sync.master' AND unique_key = 'worker:master_sync' -- one that was refused, because another ran, has no key
           AND state IN ('completed', 'failed') AND NOT payload @> '{"dry_run": true}'
         ORDER BY id DESC
         LIMIT 1) last
 WHERE state = 'failed'
UNION ALL
SELECT 'supplier_failing', s.id::text,
       format('the last %s syncs of supplier %s failed, the newest with %s: %s', :inRow::integer, s.name, newest.error_type, left(newest.error_message, 1000))
  FROM millrace.sync_suppliers s
 CROSS JOIN LATERAL (
   SELECT error_type, error_message FROM millrace.sync_parsing_logs l
    WHERE l.supplier_id = s.id ORDER BY created_at DESC, id DESC LIMIT 1) newest
 CROSS JOIN LATERAL (
   SELECT count(*) FILTER (WHERE error_type::text <> 'SUCCESS') AS failed
     FROM (SELECT error_type FROM millrace.sync_parsing_logs l
            WHERE l.supplier_id = s.id AND newest.error_type::text <> 'SUCCESS' AND row_number IS NULL AND rows_left_out IS NOT NULL
            ORDER BY created_at DESC, id DESC
            LIMIT :inRow) syncs) last
 WHERE s.enabled IS NOT FALSE AND last.failed = :inRow
UNION ALL
SELECT 'view_late', view_name,
       format('view %s is %s: %s', view_name, status,
              coalesce(CASE WHEN missing THEN 'there is no such view any more' WHEN failures_in_row > 0 THEN left(last_error, 1000) END, watch_fault,
                       format('it should have been fresh by %s', to_char(deadline AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))))
  FROM millrace.mv_freshness
 WHERE enabled AND (missing OR failures_in_row >= :inRow OR watch_fault IS NOT NULL OR deadline < clock_timestamp())
UNION ALL
SELECT 'worker_failing', worker_name,
       format('background worker %s failed %s times in a row: %s', worker_name, runs_error_in_row, coalesce(left(last_error_message, 1000), 'no error is recorded'))
  FROM public.background_workers
 WHERE enabled AND runs_error_in_row >= :inRow AND kind IS DISTINCT FROM 'sync.master'
