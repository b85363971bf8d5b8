-- The workloads that come with Millrace. What refreshes something of the application's is on where that exists.

INSERT INTO public.background_workers
  (worker_name, display_name, description, enabled, interval_seconds, cron, kind, payload, queue)
VALUES ('inventory_mv_refresh', 'Inventory MV Refresh',
        'Refreshes inventory materialized views used by the Inventory V3 grid (SKU/ItemID Active/Sold counters).',
        true, 600, NULL, 'mv.refresh',
        '{"views": ["public.mv_tbl_parts_inventory_sku_counts", "public.mv_tbl_parts_inventory_itemid_counts"]}', 'default'),
       ('master_sync', 'Master Sync',
        'Reads the master sheet and syncs every supplier''s sheet. Its hours follow SYNC_INTERVAL_HOURS.',
        true, NULL, '0 0,8,16 * * *', 'sync.master', '{}', 'default'),
       ('wip_views_refresh', 'WIP Views Refresh', 'Refreshes the WIP views: every two minutes from 6 to 22 h, every ten at night.',
        to_regprocedure('refresh_all_wip_views()') IS NOT NULL, NULL, '*/2 6-22 * * *; */10 23,0-5 * * *', 'mv.refresh',
        '{"views": ["refresh_all_wip_views()"]}', 'default'),
       ('feed_mv_refresh', 'Feed MV Refresh',
        'Refreshes the community feed by the clock; changes of its tables refresh it within seconds anyway.',
        to_regclass('mv_feed_projects') IS NOT NULL, 600, NULL, 'mv.refresh', '{"views": ["mv_feed_projects"]}', 'default'),
       -- Off: where the application's own cron calls the API, nothing should run twice.
       ('stats_update', 'Stats Update', 'Runs every stats function and then tells the caches, as a cron call of the API does.',
        false, NULL, '0 4 * * *', 'stats.update', '{"triggered_by": "cron"}', NULL);

INSERT INTO millrace.stats_groups (group_name) VALUES ('stats');
INSERT INTO millrace.stats_functions (group_name, place, function_name, cache_tags)
VALUES ('stats', 1, 'update_half_and_full_season_stats', '{season_stats,half_season_stats}'),
       ('stats', 2, 'update_aggregated_all_time_stats', '{all_time_stats}'),
       ('stats', 3, 'update_aggregated_hall_of_fame', '{hall_of_fame}'),
       ('stats', 4, 'update_aggregated_recent_performance', '{recent_performance}'),
       ('stats', 5, 'update_aggregated_season_honours_and_records', '{honour_roll}'),
       ('stats', 6, 'update_aggregated_match_report_cache', '{match_report}'),
       ('stats', 7, 'update_aggregated_personal_bests', '{personal_bests}'),
       ('stats', 8, 'update_aggregated_player_profile_stats', '{player_profile_stats}'),
       ('stats', 9, 'update_aggregated_season_race_data', '{season_race_data}'),
       ('stats', 10, 'update_power_ratings', '{player_power_rating}');
