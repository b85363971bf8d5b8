package dev.millrace.db;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.TestServices;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rows of the example workloads: none before a seed, those of the documents after it. */
class SeedTest {
  private static final String EVERYTHING =
      "SELECT to_jsonb(w)::text || w.xmin FROM public.background_workers w"
          + " UNION ALL SELECT to_jsonb(f)::text || f.xmin FROM millrace.stats_functions f"
          + " UNION ALL SELECT to_jsonb(v)::text || v.xmin FROM millrace.mv_views v ORDER BY 1";

  private final Database database = Database.openOwn(TestServices.freshDatabase(), "test", 2);

  @AfterEach
  void close() {
    database.close();
  }

  private List<String> seed() {
    return database.jdbi().inTransaction(Seed::addAll);
  }

  private void sql(String statement) {
    database.jdbi().useHandle(handle -> handle.execute(statement));
  }

  private List<String> texts(String query) {
    return database.jdbi().withHandle(handle -> handle.select(query).mapTo(String.class).list());
  }

  private Map<String, Object> worker(String name) {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .select("SELECT * FROM public.background_workers WHERE worker_name = ?", name)
                    .mapToMap()
                    .one());
  }

  @Test
  void migrations_add_no_background_worker_view_or_stats_function() {
    assertThat(texts(EVERYTHING)).isEmpty();
    assertThat(texts("SELECT group_name FROM millrace.stats_groups")).containsExactly("stats");
  }

  @Test
  void seeds_add_the_rows_that_the_requirement_documents_name() {
    assertThat(seed()).hasSize(15).contains("background worker master_sync");

    assertThat(worker("inventory_mv_refresh"))
        .containsEntry("display_name", "Inventory MV Refresh")
        .containsEntry(
            "description",
            "Refreshes inventory materialized views used by the Inventory V3 grid (SKU/ItemID Active/Sold counters).")
        .containsEntry("enabled", true)
        .containsEntry("interval_seconds", 600)
        .containsEntry("runs_ok_in_row", 0)
        .containsEntry("runs_error_in_row", 0)
        .containsEntry("last_status", null);
    assertThat(worker("master_sync"))
        .containsEntry("enabled", true)
        .containsEntry("cron", "0 0,8,16 * * *");
    assertThat(worker("wip_views_refresh"))
        .containsEntry("enabled", false)
        .containsEntry("cron", "*/2 6-22 * * *; */10 23,0-5 * * *");
    assertThat(worker("feed_mv_refresh")).containsEntry("enabled", false);
    assertThat(worker("stats_update")).containsEntry("enabled", false).containsEntry("queue", null);
    assertThat(
            texts(
                "SELECT function_name || ' ' || array_to_string(cache_tags, ',') FROM millrace.stats_functions"
                    + " ORDER BY place"))
        .containsExactly(
            "update_half_and_full_season_stats season_stats,half_season_stats",
            "update_aggregated_all_time_stats all_time_stats",
            "update_aggregated_hall_of_fame hall_of_fame",
            "update_aggregated_recent_performance recent_performance",
            "update_aggregated_season_honours_and_records honour_roll",
            "update_aggregated_match_report_cache match_report",
            "update_aggregated_personal_bests personal_bests",
            "update_aggregated_player_profile_stats player_profile_stats",
            "update_aggregated_season_race_data season_race_data",
            "update_power_ratings player_power_rating");
  }

  @Test
  void a_second_seed_changes_nothing() {
    seed();
    List<String> before = texts(EVERYTHING);

    assertThat(seed()).isEmpty();
    assertThat(texts(EVERYTHING)).isEqualTo(before);
  }

  @Test
  void a_seed_keeps_what_an_admin_changed_or_made() {
    sql(
        "INSERT INTO public.background_workers (worker_name, interval_seconds) VALUES ('feed_mv_refresh', 77)");
    sql("CREATE FUNCTION public.update_power_ratings() RETURNS void LANGUAGE sql AS ''");
    sql("SELECT millrace.register_stats_function('public.update_power_ratings', '{mine}')");
    seed();
    sql(
        "UPDATE public.background_workers SET interval_seconds = 900 WHERE worker_name = 'inventory_mv_refresh'");
    sql(
        "UPDATE millrace.stats_functions SET enabled = false WHERE function_name = 'update_aggregated_hall_of_fame'");

    assertThat(seed()).isEmpty();
    assertThat(worker("inventory_mv_refresh")).containsEntry("interval_seconds", 900);
    assertThat(worker("feed_mv_refresh")).containsEntry("interval_seconds", 77);
    assertThat(
            texts(
                "SELECT function_name || cache_tags::text || enabled FROM millrace.stats_functions"
                    + " WHERE function_name ~ 'power_ratings|hall_of_fame' ORDER BY 1"))
        .containsExactly(
            "public.update_power_ratings{mine}true",
            "update_aggregated_hall_of_fame{hall_of_fame}false");
  }

  @Test
  void a_seed_registers_the_views_that_exist_and_enables_their_worker() {
    sql("CREATE MATERIALIZED VIEW public.mv_wip_status_dashboard AS SELECT 1 AS lot_id");
    sql("CREATE MATERIALIZED VIEW public.mv_process_wip_queue AS SELECT 1 AS process_id");
    sql("CREATE FUNCTION public.refresh_all_wip_views() RETURNS void LANGUAGE sql AS ''");
    sql("CREATE MATERIALIZED VIEW public.mv_feed_projects AS SELECT 1 AS id");
    sql("SELECT millrace.register_view('public.mv_feed_projects', debounce => '9 seconds')");

    assertThat(seed())
        .contains("view mv_wip_status_dashboard", "view refresh_all_wip_views()")
        .doesNotContain("view mv_feed_projects", "view public.mv_feed_projects");
    assertThat(worker("wip_views_refresh")).containsEntry("enabled", true);
    assertThat(worker("feed_mv_refresh")).containsEntry("enabled", true);
    assertThat(
            texts(
                "SELECT concat_ws(' ', view_name, view_group, covers, debounce) FROM millrace.mv_views ORDER BY 1"))
        .containsExactly(
            "mv_process_wip_queue {} 00:00:05",
            "mv_wip_status_dashboard {} 00:00:05",
            "public.mv_feed_projects {} 00:00:09",
            "refresh_all_wip_views() wip {mv_wip_status_dashboard,mv_process_wip_queue} 00:00:05");
    assertThat(seed()).isEmpty();
  }

  @Test
  void a_deleted_row_of_a_seed_that_was_added_is_made_again() {
    assertThat(database.jdbi().inTransaction(Seed::addMissing)).isEmpty();
    database.jdbi().inTransaction(Seed.INVENTORY::addTo);
    sql("DELETE FROM public.background_workers");

    assertThat(database.jdbi().inTransaction(Seed::addMissing))
        .containsExactly("background worker inventory_mv_refresh");
  }
}
