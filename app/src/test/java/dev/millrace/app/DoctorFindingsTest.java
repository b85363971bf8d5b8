package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.app.doctor.FileFindings;
import dev.millrace.app.doctor.Finding;
import dev.millrace.app.doctor.Finding.Severity;
import dev.millrace.app.doctor.PostgresFindings;
import dev.millrace.app.doctor.RedisFindings;
import dev.millrace.app.log.Output;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.redis.EmbeddedRedis;
import dev.millrace.json.Json;
import dev.millrace.redis.RedisUrl;
import dev.millrace.testing.TestServices;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code millrace doctor} finds when it asks the services themselves: each provoked once. */
class DoctorFindingsTest {
  private DatabaseUrl database = TestServices.freshDatabase();

  @BeforeEach
  void hasAWorkerAndAScheduler() {
    sql(
        """
        INSERT INTO millrace.queue_workers (worker_id, name, host, pid, queues, kinds, concurrency, lease_until)
        VALUES ('w1', 'w1', 'here', 1, '{default}', '{mail.send}', 1, clock_timestamp() + interval '1 hour')
        """);
    sql(
        """
        INSERT INTO millrace.scheduler_nodes (node, host, pid, clock_skew_ms, checked_in_at)
        VALUES ('n1', 'here', 1, 0, clock_timestamp() + interval '1 hour')
        """);
  }

  private void sql(String... statements) {
    try (Connection connection =
            DriverManager.getConnection(
                database.jdbc(), database.user().orElse(""), database.password().orElse(""));
        Statement statement = connection.createStatement()) {
      for (String one : statements) {
        boolean unused = statement.execute(one);
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  private List<Finding> findings() {
    return PostgresFindings.of(database, PostgresFindings.Limits.DEFAULT);
  }

  private Finding only(String code) {
    List<Finding> found = findings();
    assertThat(found).extracting(Finding::code).as("%s", found).containsOnly(code);
    return found.get(0);
  }

  @Test
  void a_whole_installation_has_no_finding() {
    assertThat(findings()).isEmpty();
  }

  @Test
  void a_database_that_is_not_there_is_named() {
    Finding away =
        PostgresFindings.of(
                DatabaseUrl.parse("postgresql://me:secret@127.0.0.1:1/x"),
                PostgresFindings.Limits.DEFAULT)
            .get(0);
    assertThat(away.severity()).isEqualTo(Severity.FAIL);
    assertThat(away.code()).isEqualTo("postgres_away");
    assertThat(away.message()).contains("nothing listens there").doesNotContain("secret");
  }

  @Test
  void a_missing_and_an_unknown_migration_are_named() {
    sql("DROP SCHEMA millrace CASCADE");
    assertThat(findings()).extracting(Finding::code).contains("missing_migration");
    database = TestServices.freshDatabase();
    sql(
        """
        INSERT INTO millrace.flyway_schema_history
          (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
        SELECT max(installed_rank) + 1, '999', 'of later', 'SQL', 'V999__of_later.sql', 1, 'me', 1, true
          FROM millrace.flyway_schema_history
        """);
    Finding unknown = only("unknown_migration");
    assertThat(unknown.message()).contains("V999__of_later.sql");
    assertThat(unknown.advice()).isNotEmpty();
  }

  @Test
  void no_scheduler_and_no_worker_are_failures_and_a_lost_one_is_named() {
    sql(
        "DELETE FROM millrace.scheduler_nodes",
        "UPDATE millrace.queue_workers SET lease_until = clock_timestamp() - interval '1 minute'");
    assertThat(findings())
        .extracting(Finding::code)
        .containsExactlyInAnyOrder("no_scheduler", "no_worker", "lost_worker");
  }

  @Test
  void a_lane_that_nobody_serves_is_named_with_the_setting_that_helps() {
    sql("INSERT INTO millrace.jobs (kind, queue, state) VALUES ('mail.send', 'reports', 'queued')");
    Finding unserved = only("unserved");
    assertThat(unserved.message()).contains("mail.send jobs wait in queue reports");
    assertThat(unserved.advice()).contains("QUEUE_NAME=reports");
  }

  @Test
  void a_clock_that_is_off_and_troubles_of_processes_are_named() {
    sql("UPDATE millrace.scheduler_nodes SET clock_skew_ms = -7300");
    assertThat(only("clock_skew").message()).contains("n1", "7 s behind");
    sql(
        "UPDATE millrace.scheduler_nodes SET clock_skew_ms = 0, troubles = '{a thread died}'",
        "UPDATE millrace.queue_workers SET troubles = '{another hangs}'");
    assertThat(findings())
        .extracting(Finding::message)
        .containsExactlyInAnyOrder(
            "scheduler node n1: a thread died", "queue worker w1: another hangs");
  }

  @Test
  void schedules_that_are_late_or_disabled_and_pauses_are_named() {
    sql(
        """
        INSERT INTO public.background_workers (worker_name, kind, interval_seconds)
        VALUES ('late_one', 'mail.send', 600), ('off_one', 'mail.send', 600)
        """,
        "UPDATE public.background_workers SET next_run_at = clock_timestamp() - interval '1 hour' WHERE worker_name = 'late_one'",
        "UPDATE public.background_workers SET enabled = false, paused_by = 'ada', paused_reason = 'holiday' WHERE worker_name = 'off_one'",
        "INSERT INTO millrace.pauses (queue, paused_by, reason) VALUES ('reports', 'ada', 'disk')");
    List<Finding> found = findings();
    assertThat(found)
        .as("%s", found)
        .extracting(finding -> finding.severity() + " " + finding.code())
        .contains("WARN misfired", "NOTE disabled", "NOTE paused");
  }

  @Test
  void a_view_that_cannot_be_refreshed_concurrently_is_named_with_the_statement_that_helps() {
    sql(
        "CREATE MATERIALIZED VIEW public.plain AS SELECT 1 AS one",
        "INSERT INTO millrace.mv_views (view_name) VALUES ('plain')");
    assertThat(findings())
        .anySatisfy(
            finding -> {
              assertThat(finding.message()).contains("plain", "unique index");
              assertThat(finding.advice()).startsWith("CREATE UNIQUE INDEX");
            });
  }

  @Test
  void rights_that_are_missing_come_with_their_grant() {
    String role = "doctor_" + System.nanoTime();
    sql(
        "CREATE ROLE " + role + " LOGIN PASSWORD 'x'",
        "GRANT USAGE ON SCHEMA millrace TO " + role,
        "GRANT SELECT ON ALL TABLES IN SCHEMA millrace TO " + role);
    try {
      DatabaseUrl own = database;
      database =
          DatabaseUrl.parse(own.jdbc().replaceAll("[?].*", "") + "?user=" + role + "&password=x");
      List<Finding> found = findings();
      database = own;
      assertThat(found)
          .as("%s", found)
          .anySatisfy(
              finding -> {
                assertThat(finding.code()).isEqualTo("missing_right");
                assertThat(finding.message())
                    .contains("may not DELETE, INSERT, UPDATE on millrace.jobs");
                assertThat(finding.advice())
                    .isEqualTo("GRANT DELETE, INSERT, UPDATE ON millrace.jobs TO " + role + ";");
              });
    } finally {
      sql("DROP OWNED BY " + role, "DROP ROLE " + role);
    }
  }

  @Test
  void few_connections_and_old_rows_are_warned_of() {
    assertThat(PostgresFindings.of(database, new PostgresFindings.Limits(0, 0, 140_000)))
        .extracting(Finding::code)
        .containsExactlyInAnyOrder("few_connections", "wraparound");
  }

  @Test
  void a_postgres_that_is_too_old_is_a_failure() {
    List<Finding> found =
        PostgresFindings.of(database, new PostgresFindings.Limits(90, 1_000_000_000, 990_000));
    assertThat(found).extracting(Finding::code).containsExactly("old_postgres");
    assertThat(found.get(0).severity()).isEqualTo(Severity.FAIL);
    assertThat(found.get(0).message()).containsPattern("Postgres is 1[4-9].*, and 99 or newer");
  }

  @Test
  void a_server_without_autovacuum_is_warned_of_with_the_statement_that_helps(
      @TempDir Path directory) throws Exception {
    EmbeddedPostgres.Options off =
        EmbeddedPostgres.Options.defaults().withSetting("autovacuum", "off");
    try (EmbeddedPostgres server = EmbeddedPostgres.start(directory.resolve("postgres"), off)) {
      List<Finding> found =
          PostgresFindings.of(
              DatabaseUrl.parse(server.databaseUrl()), PostgresFindings.Limits.DEFAULT);
      assertThat(found)
          .as("%s", found)
          .extracting(finding -> finding.severity() + " " + finding.code())
          .containsExactlyInAnyOrder("WARN no_autovacuum", "FAIL missing_migration");
      assertThat(found)
          .extracting(Finding::advice)
          .contains("ALTER SYSTEM SET autovacuum = on; SELECT pg_reload_conf();");
    }
  }

  @Test
  void a_redis_that_is_away_drops_keys_or_is_full_is_warned_of() {
    try (EmbeddedRedis server =
        TestServices.startRedis("maxmemory 1mb", "maxmemory-policy allkeys-lru")) {
      List<Finding> found = RedisFindings.of(RedisUrl.parse(server.url()));
      assertThat(found)
          .as("%s", found)
          .extracting(finding -> finding.severity() + " " + finding.code())
          .contains("WARN redis_evicts", "WARN redis_full", "NOTE redis_keeps_nothing");
    }
    Finding away = RedisFindings.of(RedisUrl.parse("redis://127.0.0.1:1")).get(0);
    assertThat(away.code()).isEqualTo("redis_away");
    assertThat(away.message()).contains("jobs are claimed from Postgres");
  }

  @Test
  void a_file_with_a_secret_is_named_when_others_can_read_it(@TempDir Path directory)
      throws Exception {
    Path key = Files.writeString(directory.resolve("admin-key"), "x");
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(FileFindings.of(List.of(key, directory.resolve("absent"))))
        .extracting(Finding::advice)
        .containsExactly("chmod 600 " + key);
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    assertThat(FileFindings.of(List.of(key))).isEmpty();
  }

  @Test
  void the_command_asks_the_services_and_its_exit_code_is_the_worst() {
    try (EmbeddedRedis server = TestServices.startRedis()) {
      Map<String, String> environment =
          Map.of("DATABASE_URL", database.jdbc(), "REDIS_URL", server.url());
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(doctor(environment, out)).isZero();
      assertThat(out.toString(StandardCharsets.UTF_8)).endsWith("OK    no problem found\n");
      sql("DELETE FROM millrace.queue_workers");
      out.reset();
      assertThat(doctor(environment, out, "--json")).isEqualTo(3);
      JsonNode first = Json.tree(out.toString(StandardCharsets.UTF_8)).path("findings").path(0);
      assertThat(first.path("severity").asText()).isEqualTo("fail");
      assertThat(first.path("code").asText()).isEqualTo("no_worker");
      assertThat(first.path("advice").asText()).isEqualTo("start one: millrace worker");
    }
  }

  private static int doctor(
      Map<String, String> environment, ByteArrayOutputStream out, String... more) {
    List<String> args = new ArrayList<>(List.of("doctor"));
    args.addAll(List.of(more));
    return Main.command(environment, Output.visible(out), Output.visible(out))
        .execute(args.toArray(String[]::new));
  }
}
