-- Which workloads the existing rows belong to.
INSERT INTO millrace.seeded (seed)
SELECT ours.seed
  FROM public.background_workers b
  JOIN (VALUES ('inventory_mv_refresh', 'INVENTORY'), ('feed_mv_refresh', 'FEED'), ('wip_views_refresh', 'WIP'), ('stats_update', 'STATS'),
               ('master_sync', 'SYNC')) ours (worker_name, seed) ON ours.worker_name = b.worker_name
