package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;

/** The applications of the five systems: what they keep, and what they do every day. */
final class Applications {
  /** The scripts of all of them. */
  static final String[] ALL = {"000-workers", "001-sync", "002-mv-worker", "003-wip", "004-stats"};

  static final String VOTE = "UPDATE projects SET upvotes = upvotes + 1 WHERE id = 1";
  static final String PENDING = "SELECT view_name FROM mv_refresh_queue WHERE status = 'pending'";

  private Applications() {}

  /** The documented columns of the rows that were here before, as the application sees them. */
  static List<String> rows(ExistingDatabase system) {
    List<String> rows = new ArrayList<>();
    for (String query :
        List.of(
            "SELECT concat_ws(' ', id, worker_name, display_name, enabled, interval_seconds)"
                + " FROM background_workers WHERE worker_name IN ('token_refresh', 'inventory_mv_refresh') ORDER BY id",
            "SELECT concat_ws(' ', id, name, source_type, metadata) FROM suppliers ORDER BY id",
            "SELECT concat_ws(' ', id, supplier_id, supplier_sku, name, current_price) FROM supplier_items ORDER BY id",
            "SELECT concat_ws(' ', id, task_id, supplier_id, error_type, error_message) FROM parsing_logs WHERE task_id = 't1'",
            "SELECT concat_ws(' ', id, view_name, duration_ms, status) FROM mv_refresh_log WHERE duration_ms = 240",
            "SELECT concat_ws(' ', id, payload, created_at) FROM background_job_status"
                + " WHERE payload->>'triggeredBy' = 'cron' ORDER BY id")) {
      rows.addAll(system.ask(system.webapp(), query));
    }
    return rows;
  }

  /** What each application does every day. */
  static void statements(ExistingDatabase system) {
    system.run(
        system.webapp(),
        "UPDATE background_workers SET last_status = 'success', last_finished_at = now() WHERE worker_name = 'token_refresh'",
        "INSERT INTO parsing_logs (task_id, supplier_id, error_type, error_message)"
            + " SELECT 't2', id, 'PARSER_ERROR', 'no price' FROM suppliers LIMIT 1",
        "UPDATE supplier_items SET current_price = current_price + 0.10",
        "UPDATE supplier_items SET current_price = current_price - 0.10",
        VOTE);
    assertThat(system.ask(system.webapp(), PENDING)).contains("mv_feed_projects");
    system.run(system.owner(), "SELECT refresh_all_wip_views()");
    assertThat(system.ask(system.webapp(), "SELECT count(*)::text FROM background_job_status"))
        .containsExactly("13");
  }
}
