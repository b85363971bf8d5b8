-- Rows with the names of our own background workers get the kind and payload that these have; enabled and interval stay as they are.
SELECT millrace.seed_background_worker(b.worker_name, ours.defaults)
  FROM public.background_workers b
  JOIN (VALUES ('inventory_mv_refresh', jsonb '{"kind": "mv.refresh", "payload": {"views": ["public.mv_tbl_parts_inventory_sku_counts",
                 "public.mv_tbl_parts_inventory_itemid_counts"]}}'),
               ('feed_mv_refresh', '{"kind": "mv.refresh", "payload": {"views": ["mv_feed_projects"]}}'),
               ('wip_views_refresh', '{"kind": "mv.refresh", "payload": {"views": ["refresh_all_wip_views()"]}}'),
               ('stats_update', '{"kind": "stats.update", "queue": null, "payload": {"triggered_by": "cron"}}'),
               ('master_sync', '{"kind": "sync.master"}')) ours (worker_name, defaults) ON ours.worker_name = b.worker_name
 WHERE b.kind IS NULL
