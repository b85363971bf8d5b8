package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.testing.HeldTransaction;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What other sessions set, lock and own does not change what a watch sees. */
class WatchSessionsTest extends WatchedSchema {
  /** What a session may say of how values are written; nothing of it is a change. */
  static Stream<String> settings() {
    return Stream.of(
        "SET extra_float_digits = -15",
        "SET DateStyle = 'SQL, DMY'",
        "SET TimeZone = 'Asia/Tokyo'",
        "SET IntervalStyle = 'sql_standard'",
        "SET bytea_output = 'escape'",
        "SET xmloption = 'document'",
        "SET lc_monetary = 'C'");
  }

  @ParameterizedTest
  @MethodSource("settings")
  void columns_are_compared_alike_whatever_the_session_says(String setting) {
    execute(
        "CREATE TABLE app.typed (id integer PRIMARY KEY, f float8, t timestamptz, d date, i interval, b bytea, j json, p point, m money)",
        "INSERT INTO app.typed VALUES (1, 0.1, now(), now(), '1 day', 'a', '{}', '(1,1)', 1)");
    watch(
        "SELECT millrace.watch('app.typed', 'app.seen', ARRAY['f', 't', 'd', 'i', 'b', 'j', 'p', 'm'])");
    assertThat(poll(setting + "; UPDATE app.typed SET f = f, j = j; RESET ALL")).isZero();
    // Equal in fifteen fewer digits, and still another value.
    assertThat(poll(setting + "; UPDATE app.typed SET f = f + 1e-16; RESET ALL")).isEqualTo(1);
    assertThat(poll(setting + "; UPDATE app.typed SET j = '{ }'; RESET ALL")).isEqualTo(1);
  }

  @Test
  void the_writers_rows_are_never_touched_with_the_owners_rights() {
    execute(
        "DO $$ BEGIN CREATE ROLE shop; EXCEPTION WHEN duplicate_object THEN NULL; END $$",
        "GRANT USAGE ON SCHEMA millrace TO shop",
        "CREATE TABLE app.ran (who text)",
        "GRANT USAGE, CREATE ON SCHEMA app TO shop",
        "GRANT ALL ON app.ran TO shop",
        "ALTER TABLE app.part OWNER TO shop");
    watch("SELECT millrace.watch('app.part', 'app.seen', ARRAY['sku'])");
    jdbi.useHandle(
        handle -> {
          handle.execute("SET ROLE shop");
          handle.execute("CREATE TYPE app.evil AS ENUM ('a', 'b')");
          handle.execute(
              "CREATE FUNCTION app.f(app.evil) RETURNS text LANGUAGE plpgsql AS"
                  + " 'BEGIN INSERT INTO app.ran VALUES (current_user); RETURN ''x'' || random(); END'");
          handle.execute("CREATE CAST (app.evil AS text) WITH FUNCTION app.f(app.evil)");
          handle.execute(
              "CREATE FUNCTION app.same(app.evil, app.evil) RETURNS boolean LANGUAGE plpgsql AS"
                  + " 'BEGIN INSERT INTO app.ran VALUES (current_user); RETURN true; END'");
          handle.execute(
              "CREATE OPERATOR app.= (LEFTARG = app.evil, RIGHTARG = app.evil, FUNCTION = app.same)");
          handle.execute("ALTER TABLE app.part ALTER sku TYPE app.evil USING 'a'");
          handle.execute("SET search_path = app, pg_catalog");
          handle.execute("UPDATE app.part SET sku = 'b'");
          handle.execute("RESET search_path");
          for (String function : List.of("compare_change", "note_background_worker_change")) {
            assertThatThrownBy(
                    () ->
                        handle.execute(
                            "CREATE TRIGGER x AFTER UPDATE ON app.part FOR EACH STATEMENT"
                                + " EXECUTE FUNCTION millrace."
                                + function
                                + "()"))
                .hasMessageContaining("permission denied");
          }
          handle.execute("RESET ROLE");
        });
    assertThat(texts("SELECT who FROM app.ran")).isEmpty();
    assertThat(poll("SELECT 1")).isEqualTo(1);
    execute("DROP OWNED BY shop CASCADE", "DROP ROLE shop");
  }

  @Test
  void watch_and_unwatch_wait_briefly_and_name_the_blocking_session() {
    ViewRegistry registry = new ViewRegistry(jdbi);
    ViewWatch whole = new ViewWatch("app.part", null, null);
    String view = registry.watch("app.seen", whole);
    try (Handle report = jdbi.open()) {
      HeldTransaction.begin(report);
      report.execute("SET LOCAL application_name = 'nightly report'");
      long pid =
          report.select("SELECT pg_backend_pid() FROM app.part LIMIT 1").mapTo(Long.class).one();
      // Nothing is to be changed, so nothing is locked.
      assertThat(registry.watch("app.seen", whole)).isEqualTo(view);
      long begun = System.nanoTime();
      assertThatThrownBy(() -> registry.unwatch("app.seen", "app.part"))
          .isInstanceOf(TableLockedException.class)
          .hasMessageContaining("app.part is locked by pid " + pid)
          .hasMessageContaining("application nightly report")
          .hasMessageContaining("since 2");
      assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(Duration.ofSeconds(8));
      // Columns are added without shutting readers out.
      assertThat(registry.watch("app.seen", new ViewWatch("app.part", List.of("sku"), null)))
          .isEqualTo(view);
      report.execute(WRITE);
      assertThatThrownBy(
              () -> registry.watch("app.seen", new ViewWatch("app.part", List.of("note"), null)))
          .isInstanceOf(TableLockedException.class);
      report.commit();
    }
    assertThat(registry.unwatch("app.seen", "app.part")).isTrue();
  }

  @Test
  void the_step_skips_rows_that_another_session_has_locked() {
    execute(
        "SELECT millrace.register_view('app.seen')",
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('\"app\".\"seen\"')");
    try (Handle stranger = jdbi.open()) {
      stranger.begin();
      stranger.execute("SELECT * FROM millrace.mv_requests FOR UPDATE");
      stranger.execute("SELECT * FROM millrace.mv_views FOR UPDATE");
      stranger.execute("INSERT INTO millrace.mv_requests (view_name) VALUES ('app.seen')");
      jdbi.useTransaction(
          leader -> {
            leader.execute("SET LOCAL lock_timeout = '1s'");
            leader.execute(
                "SELECT millrace.resolve_views(true), millrace.poll_counters(), millrace.normalise_requests()");
            assertThat(leader.select("SELECT millrace.repair_watches()").mapTo(String.class).list())
                .isEmpty();
          });
      stranger.rollback();
    }
    execute("SELECT millrace.normalise_requests()");
    assertThat(texts("SELECT DISTINCT view_name FROM millrace.mv_requests"))
        .containsExactly("app.seen");
  }
}
