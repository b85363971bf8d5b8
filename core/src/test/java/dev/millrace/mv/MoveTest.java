package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.testing.TestServices;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;

/** Installations that refreshed their views in another way, and then migrate. */
class MoveTest {
  @Test
  void its_queue_and_its_log_are_moved_and_its_triggers_go_on() {
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
      database.migrate();
      database.migrate();
      assertThat(all(jdbi, "SELECT view_name FROM mv_refresh_queue WHERE status = 'pending'"))
          .containsExactly("mv_feed");
      assertThat(
              all(
                  jdbi,
                  "SELECT view_name || ' ' || status || ' ' || duration_ms FROM mv_refresh_log"))
          .containsExactly("mv_feed success 245");
      execute(jdbi, "INSERT INTO project VALUES (2)", "INSERT INTO project VALUES (3)");
      assertThat(all(jdbi, "SELECT view_name FROM mv_refresh_queue")).hasSize(3);
    }
  }

  @Test
  void watches_that_appended_requests_ring_bells_from_then_on_and_none_is_waited_for() {
    DatabaseUrl url = TestServices.freshDatabase();
    try (Database database = Database.open(url, "test", 3)) {
      Jdbi jdbi = database.jdbi();
      execute(
          jdbi,
          "DROP SCHEMA millrace CASCADE",
          "DROP SCHEMA public CASCADE",
          "CREATE SCHEMA public");
      Flyway.configure()
          .dataSource(url.jdbc(), url.user().orElse(null), url.password().orElse(null))
          .locations("classpath:dev/millrace/sql/migration")
          .schemas("millrace")
          // None of the functions and views of today.
          .repeatableSqlMigrationPrefix("none")
          .target("50")
          .load()
          .migrate();
      execute(
          jdbi,
          "CREATE TABLE public.idle (id integer PRIMARY KEY, n integer)",
          "CREATE TABLE public.busy (id integer PRIMARY KEY, n integer)",
          "CREATE MATERIALIZED VIEW public.counted AS SELECT count(*) FROM public.idle",
          "CREATE MATERIALIZED VIEW public.summed AS SELECT sum(n) FROM public.busy",
          "SELECT millrace.watch('idle', 'counted'), millrace.watch('idle', 'summed', ARRAY['n'])",
          "SELECT millrace.watch('busy', 'summed', ARRAY['n']), millrace.watch('busy', 'counted')",
          "DELETE FROM millrace.mv_requests");
      try (Handle writer = jdbi.open()) {
        writer.begin();
        writer.execute("INSERT INTO busy VALUES (1, 1)");
        database.migrate();
        writer.commit();
      }
      assertThat(all(jdbi, "SELECT view_name FROM millrace.mv_requests ORDER BY 1"))
          .containsExactly("counted", "summed");
      assertThat(
              all(
                  jdbi,
                  "SELECT message FROM millrace.preflight('counted') WHERE code IN ('dear_watch', 'deaf_watch')"))
          .singleElement()
          .asString()
          .contains("public.busy");
      for (String change :
          List.of(
              "INSERT INTO idle VALUES (2, 2)",
              "UPDATE idle SET n = 3",
              "INSERT INTO busy VALUES (2, 2)",
              "UPDATE busy SET n = n + 1")) {
        execute(
            jdbi, "DELETE FROM millrace.mv_requests", change, "SELECT millrace.poll_counters()");
        assertThat(all(jdbi, "SELECT view_name FROM millrace.mv_requests ORDER BY 1"))
            .as(change)
            .containsExactly("counted", "summed");
      }
      execute(
          jdbi,
          "SELECT millrace.watch('busy', 'counted')",
          "DELETE FROM millrace.mv_requests",
          "DELETE FROM busy",
          "SELECT millrace.poll_counters()");
      assertThat(all(jdbi, "SELECT view_name FROM millrace.mv_requests ORDER BY 1"))
          .containsExactly("counted", "summed");
      assertThat(
              all(jdbi, "SELECT code FROM millrace.preflight('counted') WHERE code = 'dear_watch'"))
          .isEmpty();
    }
  }

  private static void execute(Jdbi jdbi, String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private static List<String> all(Jdbi jdbi, String sql) {
    return jdbi.withHandle(handle -> handle.createQuery(sql).mapTo(String.class).list());
  }
}
