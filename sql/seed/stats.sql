-- The ten stats functions of a football league, each with the cache tags it makes stale, and the background worker that runs them as a
-- cron call of the API does. It is disabled: where the application's own cron calls the API, nothing may run twice.
-- Returns what was added; a row that exists stays as it is.
WITH worker AS (
  INSERT INTO public.background_workers (worker_name, display_name, description, enabled, interval_seconds, cron, kind, payload, queue)
  VALUES ('stats_update', 'Stats Update', 'Runs every stats function and then invalidates the caches, as a cron call of the API does.',
          false, NULL, '0 4 * * *', 'stats.update', '{"triggered_by": "cron"}', NULL)
      ON CONFLICT (worker_name) DO NOTHING
  RETURNING worker_name
), functions AS (
  INSERT INTO millrace.stats_functions (group_name, place, function_name, cache_tags)
  SELECT 'stats', place, given, cache_tags::text[]
    FROM (VALUES (1, 'update_half_and_full_season_stats', '{season_stats,half_season_stats}'),
                 (2, 'update_aggregated_all_time_stats', '{all_time_stats}'),
                 (3, 'update_aggregated_hall_of_fame', '{hall_of_fame}'),
                 (4, 'update_aggregated_recent_performance', '{recent_performance}'),
                 (5, 'update_aggregated_season_honours_and_records', '{honour_roll}'),
                 (6, 'update_aggregated_match_report_cache', '{match_report}'),
                 (7, 'update_aggregated_personal_bests', '{personal_bests}'),
                 (8, 'update_aggregated_player_profile_stats', '{player_profile_stats}'),
                 (9, 'update_aggregated_season_race_data', '{season_race_data}'),
                 (10, 'update_power_ratings', '{player_power_rating}')) f (place, given, cache_tags)
   WHERE millrace.known_stats_function(given, 'stats') IS NULL
   ORDER BY place
      ON CONFLICT (group_name, function_name) DO NOTHING
  RETURNING place, function_name
)
SELECT 'background worker ' || worker_name FROM worker
UNION ALL
SELECT 'stats function ' || function_name FROM functions
