package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Sql;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Jdbi;

/** The applications of the five systems: what they keep, and what they do every day. */
record Application(String script, List<String> grants, List<String> rows, List<String> statements) {
  static final Application WORKERS =
      new Application(
          "workers",
          List.of(
              "GRANT SELECT, INSERT, UPDATE, DELETE ON public.background_workers, public.tbl_parts_inventory TO webapp"),
          List.of(
              "SELECT concat_ws(' ', id, worker_name, display_name, enabled, interval_seconds)"
                  + " FROM background_workers WHERE worker_name IN ('token_refresh', 'inventory_mv_refresh') ORDER BY id"),
          List.of(
              "UPDATE background_workers SET last_status = 'success', last_finished_at = now() WHERE worker_name = 'token_refresh'",
              "INSERT INTO tbl_parts_inventory (id, sku, item_id, status) VALUES (-1, 'S1', 'I1', 'Sold')",
              "DELETE FROM tbl_parts_inventory WHERE id = -1"));

  static final Application SYNC =
      new Application(
          "sync",
          List.of(
              "GRANT SELECT, INSERT, UPDATE, DELETE ON public.suppliers, public.supplier_items, public.parsing_logs TO webapp",
              "GRANT USAGE ON SEQUENCE public.parsing_logs_id_seq TO webapp"),
          List.of(
              "SELECT concat_ws(' ', id, name, source_type, metadata) FROM suppliers ORDER BY id",
              "SELECT concat_ws(' ', id, supplier_id, supplier_sku, name, current_price) FROM supplier_items ORDER BY id",
              "SELECT concat_ws(' ', id, task_id, supplier_id, error_type, error_message) FROM parsing_logs WHERE task_id = 't1'"),
          List.of(
              "INSERT INTO parsing_logs (task_id, supplier_id, error_type, error_message)"
                  + " SELECT 't2', id, 'PARSER_ERROR', 'no price' FROM suppliers LIMIT 1",
              "INSERT INTO suppliers (name) VALUES ('Calder')",
              "INSERT INTO supplier_items (supplier_id, supplier_sku, name, current_price)"
                  + " SELECT id, 'C-1', 'Nut', 0.40 FROM suppliers WHERE name = 'Calder'",
              "DELETE FROM suppliers WHERE name = 'Calder'",
              "UPDATE supplier_items SET current_price = current_price + 0.10",
              "UPDATE supplier_items SET current_price = current_price - 0.10"));

  static final Application VIEWS =
      new Application(
          "viewWorker",
          List.of(
              "GRANT SELECT, INSERT, UPDATE, DELETE ON public.projects, public.mv_refresh_queue TO webapp",
              "GRANT SELECT ON public.mv_refresh_log, public.mv_feed_projects TO webapp",
              "GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO webapp"),
          List.of(
              "SELECT concat_ws(' ', id, view_name, duration_ms, status) FROM mv_refresh_log WHERE duration_ms = 240"),
          List.of("UPDATE projects SET upvotes = upvotes + 1 WHERE id = 1"));

  /** Its owner refreshes. */
  static final Application WIP =
      new Application("wip", List.of(), List.of(), List.of("SELECT refresh_all_wip_views()"));

  static final Application STATS =
      new Application(
          "stats",
          List.of("GRANT SELECT ON public.background_job_status TO webapp"),
          List.of(
              "SELECT concat_ws(' ', id, payload, created_at) FROM background_job_status"
                  + " WHERE payload->>'triggeredBy' = 'cron' ORDER BY id"),
          List.of("SELECT * FROM background_job_status ORDER BY created_at DESC LIMIT 10"));

  static final String PENDING = "SELECT view_name FROM mv_refresh_queue WHERE status = 'pending'";

  /** Makes its tables, as the owner, and gives the application its rights. */
  void load(ExistingDatabase system) {
    system.run(system.owner(), Sql.of("dev.millrace.db.takeover.existing." + script));
    grants.forEach(grant -> system.run(system.owner(), grant));
  }

  static List<Application> all() {
    return List.of(WORKERS, SYNC, VIEWS, WIP, STATS);
  }

  @Override
  public String toString() {
    return script;
  }

  /** The documented columns of the rows that were here before, as the application sees them. */
  static List<String> rows(ExistingDatabase system, List<Application> applications) {
    List<String> found = new ArrayList<>();
    for (Application each : applications) {
      each.rows.forEach(query -> found.addAll(system.ask(system.webapp(), query)));
    }
    return found;
  }

  /** Runs what it runs every day; fails when a statement does. */
  void work(ExistingDatabase system) {
    Jdbi role = this.equals(WIP) ? system.owner() : system.webapp();
    statements.forEach(statement -> system.run(role, statement));
  }

  /** Lets each do its work, and looks at what came of it. */
  static void work(ExistingDatabase system, List<Application> applications) {
    applications.forEach(each -> each.work(system));
    if (applications.contains(VIEWS)) {
      assertThat(system.ask(system.webapp(), PENDING)).contains("mv_feed_projects");
    }
    if (applications.contains(STATS)) {
      assertThat(system.ask(system.webapp(), "SELECT count(*)::text FROM background_job_status"))
          .containsExactly("13");
    }
  }
}
