package dev.millrace.app.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A database that refreshes its views by functions of its own, as in the WIP guide. */
class RefreshFunctionsTest {
  private static final List<String> WIP =
      List.of(
          "CREATE TABLE public.wip_items (lot text, process text)",
          "CREATE MATERIALIZED VIEW public.mv_wip_status_dashboard AS SELECT lot, count(*) FROM public.wip_items GROUP BY lot",
          "CREATE MATERIALIZED VIEW public.mv_process_wip_queue AS SELECT process, count(*) FROM public.wip_items GROUP BY process",
          "CREATE UNIQUE INDEX ON public.mv_wip_status_dashboard (lot)",
          "CREATE UNIQUE INDEX ON public.mv_process_wip_queue (process)",
          "CREATE FUNCTION public.refresh_process_wip_queue() RETURNS void LANGUAGE plpgsql AS $$"
              + " BEGIN REFRESH MATERIALIZED VIEW CONCURRENTLY mv_process_wip_queue; END $$",
          "CREATE FUNCTION public.refresh_all_wip_views() RETURNS void LANGUAGE plpgsql AS $$"
              + " BEGIN refresh materialized view concurrently mv_wip_status_dashboard; PERFORM refresh_process_wip_queue(); END $$");

  private final Database database = Database.openOwn(TestServices.freshDatabase(), "test", 2);

  @BeforeEach
  void create() {
    WIP.forEach(this::sql);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void sql(String statement) {
    database.jdbi().useHandle(handle -> handle.execute(statement));
  }

  private List<String> register() {
    return database.jdbi().inTransaction(RefreshFunctions::register);
  }

  private List<String> registered() {
    return database
        .jdbi()
        .withHandle(
            handle ->
                handle
                    .select(
                        "SELECT concat_ws(' ', view_name, mode, view_group, covers) FROM millrace.mv_views ORDER BY 1")
                    .mapTo(String.class)
                    .list());
  }

  @Test
  void functions_that_refresh_views_are_registered_with_what_they_refresh() {
    assertThat(register())
        .contains(
            "function refresh_all_wip_views() registered; it refreshes mv_process_wip_queue, mv_wip_status_dashboard",
            "function refresh_process_wip_queue() registered; it refreshes mv_process_wip_queue",
            "background worker wip_views_refresh added, because refresh_all_wip_views() exists");
    assertThat(registered())
        .contains(
            "refresh_all_wip_views() function wip {mv_process_wip_queue,mv_wip_status_dashboard}",
            "refresh_process_wip_queue() function {mv_process_wip_queue}");
    assertThat(register()).isEmpty();
  }

  @Test
  void a_function_that_is_made_later_is_found_the_next_time() {
    List<String> before = register();
    sql(
        "CREATE FUNCTION public.refresh_later() RETURNS integer LANGUAGE plpgsql AS $$ -- REFRESH MATERIALIZED VIEW not_this\n"
            + " BEGIN EXECUTE 'REFRESH MATERIALIZED VIEW public.mv_process_wip_queue'; RETURN 1; END $$");
    assertThat(before).isNotEmpty();
    assertThat(register())
        .containsExactly("function refresh_later() registered; it refreshes mv_process_wip_queue");
  }

  @Test
  void names_that_are_no_view_are_said_and_other_functions_are_left() {
    sql(
        "CREATE FUNCTION public.refresh_half() RETURNS void LANGUAGE plpgsql AS $$"
            + " BEGIN REFRESH MATERIALIZED VIEW mv_process_wip_queue; REFRESH MATERIALIZED VIEW mv_gone; END $$");
    sql(
        "CREATE FUNCTION public.refresh_token() RETURNS void LANGUAGE sql AS 'SELECT 1 /* refresh materialized view mv_process_wip_queue */'");
    sql(
        "CREATE FUNCTION public.refresh_on_change() RETURNS trigger LANGUAGE plpgsql AS $$"
            + " BEGIN REFRESH MATERIALIZED VIEW mv_process_wip_queue; RETURN NULL; END $$");
    assertThat(register())
        .contains(
            "function refresh_half() registered; it refreshes mv_process_wip_queue and names no view of this database with mv_gone");
    assertThat(registered()).noneMatch(line -> line.matches("refresh_(token|on_change).*"));
  }

  @Test
  void a_function_of_a_role_without_our_rights_is_not_registered() {
    String role = "stranger_" + Long.toHexString(System.nanoTime());
    sql("CREATE ROLE " + role);
    try {
      sql("ALTER FUNCTION public.refresh_all_wip_views() OWNER TO " + role);
      assertThat(register())
          .contains(
              "function refresh_all_wip_views() refreshes views and is not registered: it belongs to %s, which does not have our rights; %s may register it: SELECT millrace.register_view('refresh_all_wip_views()')"
                  .formatted(role, role))
          .noneMatch(line -> line.contains("wip_views_refresh"));
      assertThat(registered())
          .containsExactly("refresh_process_wip_queue() function {mv_process_wip_queue}");
    } finally {
      sql("DROP FUNCTION public.refresh_all_wip_views()");
      sql("DROP ROLE " + role);
    }
  }
}
