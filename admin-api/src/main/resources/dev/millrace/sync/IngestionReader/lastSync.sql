-- When the last complete sync was, dry runs left out; from the suppliers themselves when its job has been pruned. One row, maybe null.
SELECT coalesce(
  (SELECT finished_at FROM millrace.jobs
    WHERE kind = 'sync.master' AND state = 'completed' AND NOT payload @> '{"dry_run": true}'
    ORDER BY id DESC
    LIMIT 1),
  (SELECT max(last_sync_at) FROM millrace.sync_suppliers))
