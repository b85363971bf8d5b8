package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.db.takeover.Plan;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Installations that refreshed their views in another way, and then migrate. */
class MoveTest {
  @Test
  void its_queue_and_its_log_stay_and_its_triggers_go_on() {
    try (Database database = Database.open(TestServices.freshDatabase(), "test", 3)) {
      Jdbi jdbi = database.jdbi();
      execute(
          jdbi,
          "DROP SCHEMA millrace CASCADE",
          "DROP SCHEMA public CASCADE",
          "CREATE SCHEMA public",
          "CREATE TABLE mv_refresh_queue (view_name text PRIMARY KEY, refresh_requested_at timestamptz, status text DEFAULT 'pending')",
          "CREATE TABLE mv_refresh_log (id serial PRIMARY KEY, view_name text, status text, duration_ms double precision,"
              + " refresh_completed_at timestamp)",
          "CREATE TABLE project (id int)",
          "CREATE MATERIALIZED VIEW mv_feed AS SELECT * FROM project",
          "CREATE FUNCTION ask() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
              + " INSERT INTO mv_refresh_queue (view_name, refresh_requested_at) VALUES ('mv_feed', NOW())"
              + " ON CONFLICT (view_name) DO UPDATE SET refresh_requested_at = NOW(), status = 'pending'; RETURN NULL; END $$",
          "CREATE TRIGGER ask AFTER INSERT ON project FOR EACH STATEMENT EXECUTE FUNCTION ask()",
          "INSERT INTO mv_refresh_queue VALUES ('mv_old', now(), 'completed')",
          "INSERT INTO project VALUES (1)",
          "INSERT INTO mv_refresh_log (view_name, status, duration_ms, refresh_completed_at) VALUES ('mv_feed', 'success', 245.3, now())");
      Plan first = new Migrations(database).run();
      assertThat(first.changes()).isTrue();
      assertThat(new Migrations(database).run().changes()).isFalse();
      assertThat(all(jdbi, "SELECT view_name FROM mv_refresh_queue WHERE status = 'pending'"))
          .containsExactly("mv_feed");
      assertThat(
              all(
                  jdbi,
                  "SELECT view_name || ' ' || status || ' ' || duration_ms FROM mv_refresh_log"))
          .containsExactly("mv_feed success 245.3");
      execute(jdbi, "INSERT INTO project VALUES (2)", "INSERT INTO project VALUES (3)");
      assertThat(all(jdbi, "SELECT view_name FROM mv_refresh_queue ORDER BY 1"))
          .containsExactly("mv_feed", "mv_old");
    }
  }

  private static void execute(Jdbi jdbi, String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private static List<String> all(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }
}
