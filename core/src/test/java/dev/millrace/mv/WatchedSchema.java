package dev.millrace.mv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.db.Database;
import dev.millrace.testing.TestServices;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;

/** An application's tables and a view that reads them, made anew before each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WatchedSchema {
  private final Database database = Database.open(TestServices.freshDatabase(), "test", 4);
  final Jdbi jdbi = database.jdbi();

  @BeforeEach
  void clean() {
    execute(
        "DROP SCHEMA IF EXISTS app, other CASCADE",
        "TRUNCATE millrace.mv_views, millrace.mv_requests CASCADE",
        "DELETE FROM millrace.stats_functions",
        "CREATE SCHEMA app",
        "CREATE SCHEMA other",
        "CREATE TABLE app.part (gone text, id integer PRIMARY KEY, sku text, note text)",
        "ALTER TABLE app.part DROP COLUMN gone",
        "CREATE TABLE app.spare (LIKE app.part INCLUDING ALL)",
        "CREATE TABLE app.sale (day integer NOT NULL, sku text, PRIMARY KEY (day)) PARTITION BY RANGE (day)",
        "CREATE TABLE app.sale_1 PARTITION OF app.sale FOR VALUES FROM (0) TO (10)",
        "INSERT INTO app.part SELECT n, 'sku-' || n FROM generate_series(1, 10) n",
        "CREATE FUNCTION app.total() RETURNS bigint LANGUAGE plpgsql AS 'BEGIN RETURN 1; END'",
        // Reads the table through a function: the catalog does not say so.
        "CREATE MATERIALIZED VIEW app.seen AS SELECT app.total() AS n");
  }

  @AfterAll
  void close() {
    database.close();
  }

  static final String WRITE = "UPDATE app.part SET sku = sku || '!' WHERE id = 1";

  void change(String statements) {
    if (!statements.equals("nothing")) {
      jdbi.useHandle(handle -> handle.createScript(statements).execute());
    }
  }

  void refused(String sql, String message) {
    assertThatThrownBy(() -> execute(sql)).hasMessageContaining(message);
  }

  /** Watches, and makes the first steps of the leader. */
  void watch(String sql) {
    execute(sql);
    leaderStep();
  }

  /** What the leader does every few seconds, without problems; the requests are taken away. */
  void leaderStep() {
    execute("SELECT millrace.resolve_views(true)");
    assertThat(texts("SELECT millrace.repair_watches()")).isEmpty();
    execute(
        "SELECT pg_stat_force_next_flush()",
        "SELECT millrace.poll_counters()",
        "SELECT millrace.poll_counters()",
        "DELETE FROM millrace.mv_requests");
  }

  /** How many requests follow a write; a counter may take its time. */
  long poll(String write) {
    jdbi.useHandle(
        handle -> {
          handle.createScript(write).execute();
          handle.execute("SELECT pg_stat_force_next_flush()");
        });
    boolean counted =
        number("SELECT count(*) FROM millrace.mv_watches WHERE method = 'counter'") > 0;
    if (counted) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> number("SELECT millrace.poll_counters()") > 0);
    } else {
      execute("SELECT millrace.poll_counters()");
    }
    return number(
        "WITH taken AS (DELETE FROM millrace.mv_requests RETURNING 1) SELECT count(*) FROM taken");
  }

  /** As after a refresh. */
  void fresh() {
    execute("UPDATE millrace.mv_state SET last_success_at = now(), fresh_as_of = now()");
    assertThat(status()).isEqualTo("FRESH");
  }

  String status() {
    return texts("SELECT status FROM millrace.mv_freshness").get(0);
  }

  List<String> problems() {
    return texts("SELECT code FROM millrace.preflight('app.seen')");
  }

  long number(String sql) {
    return jdbi.withHandle(handle -> handle.select(sql).mapTo(Long.class).one());
  }

  List<String> texts(String sql) {
    return jdbi.withHandle(handle -> handle.select(sql).mapTo(String.class).list());
  }

  void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
