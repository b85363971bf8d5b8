package dev.millrace.embedded.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.embedded.EmbeddedServiceException;
import dev.millrace.embedded.Parent;
import dev.millrace.embedded.SqlCalls;
import dev.millrace.embedded.postgres.EmbeddedPostgres.Options;
import dev.millrace.embedded.process.Ports;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresTest {
  private final Path dataDir;

  EmbeddedPostgresTest(@TempDir Path dataDir) {
    this.dataDir = dataDir;
  }

  @Test
  void a_new_directory_becomes_a_server_with_our_user_and_database() throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      assertThat(SqlCalls.value(postgres, "SELECT current_user || ' ' || current_database()"))
          .isEqualTo("millrace millrace");
      assertThat(SqlCalls.value(postgres, "SHOW server_encoding")).isEqualTo("UTF8");
      assertThat(SqlCalls.value(postgres, "SHOW log_timezone")).isEqualTo("UTC");
      assertThat(SqlCalls.value(postgres, "SHOW fsync")).isEqualTo("on");
      assertThat(SqlCalls.value(postgres, "SELECT upper('ß-straße é')")).isEqualTo("ß-STRAßE É");
      assertThat(postgres.databaseUrl())
          .matches(
              "postgresql://millrace:[A-Za-z0-9_-]{43}@127\\.0\\.0\\.1:"
                  + postgres.port()
                  + "/millrace\\?require_auth=scram-sha-256");
    }
  }

  @Test
  void what_was_committed_is_there_after_a_new_start() throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      SqlCalls.run(postgres, "CREATE TABLE wheel AS SELECT 'turns' AS state");
    }

    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      assertThat(SqlCalls.value(postgres, "SELECT state FROM wheel")).isEqualTo("turns");
    }
  }

  @Test
  void what_was_committed_is_there_after_the_server_was_killed() throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      SqlCalls.run(postgres, "CREATE TABLE wheel AS SELECT 'turns' AS state");
      int port = postgres.port();
      ProcessHandle killed = ProcessHandle.of(postgres.pid()).orElseThrow();
      killed.destroyForcibly();
      killed.onExit().join();

      postgres.restart();

      assertThat(SqlCalls.value(postgres, "SELECT state FROM wheel")).isEqualTo("turns");
      assertThat(postgres.port()).isEqualTo(port);
      assertThat(postgres.pid()).isNotEqualTo(killed.pid());
      assertThat(postgres.isAlive()).isTrue();
    }
  }

  @Test
  void close_leaves_no_process_and_may_be_called_twice() {
    var postgres = EmbeddedPostgres.start(dataDir);
    var server = ProcessHandle.of(postgres.pid()).orElseThrow();

    postgres.close();
    postgres.close();

    assertThat(server.isAlive()).isFalse();
    assertThat(postgres.isAlive()).isFalse();
    assertThatThrownBy(postgres::restart)
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("was closed");
  }

  @Test
  void an_installed_server_serves_as_well(@TempDir Path other) throws Exception {
    Path bin;
    try (var ours = EmbeddedPostgres.start(dataDir)) {
      var server = ProcessHandle.of(ours.pid()).orElseThrow();
      bin = Path.of(server.info().command().orElseThrow(), "..").normalize();
    }

    try (var installed = EmbeddedPostgres.start(other, Options.defaults().withPrograms(bin))) {
      assertThat(SqlCalls.value(installed, "SELECT current_database()")).isEqualTo("millrace");
    }
  }

  @Test
  void a_folder_without_a_server_is_refused() {
    var options = Options.defaults().withPrograms(dataDir);

    assertThatThrownBy(() -> EmbeddedPostgres.start(dataDir, options))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("no Postgres in " + dataDir);
  }

  @Test
  void settings_override_the_defaults_whatever_characters_they_hold() throws Exception {
    var options =
        Options.defaults()
            .withSetting("max_connections", "17")
            .withSetting("application_name", "it's \\ me");
    try (var postgres = EmbeddedPostgres.start(dataDir, options)) {
      assertThat(SqlCalls.value(postgres, "SHOW max_connections")).isEqualTo("17");
      assertThat(Files.readString(dataDir.resolve("postgres/postgresql.conf")))
          .contains("application_name = 'it''s \\\\ me'");
    }
  }

  @Test
  void a_wrong_setting_is_named() {
    assertThatThrownBy(
            () ->
                EmbeddedPostgres.start(
                    dataDir, Options.defaults().withSetting("shared_bufers", "1GB")))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("unrecognized configuration parameter \"shared_bufers\"");
  }

  @Test
  void a_directory_of_another_version_is_named_as_such() throws Exception {
    EmbeddedPostgres.start(dataDir).close();
    Files.writeString(dataDir.resolve("postgres/PG_VERSION"), "17\n");

    assertThatThrownBy(() -> EmbeddedPostgres.start(dataDir))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("initialized by PostgreSQL version 17");
  }

  @Test
  void a_directory_may_be_reached_over_a_symbolic_link() throws Exception {
    Path link =
        Files.createSymbolicLink(
            dataDir.resolve("link"), Files.createDirectory(dataDir.resolve("disk")));

    try (var postgres = EmbeddedPostgres.start(link)) {
      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
      assertThatThrownBy(() -> EmbeddedPostgres.start(dataDir.resolve("disk")))
          .hasMessageContaining("is in use");
    }
  }

  @Test
  void a_stale_pid_file_does_not_cost_a_stranger_his_life() throws Exception {
    EmbeddedPostgres.start(dataDir).close();
    Process stranger = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(dataDir.resolve("postgres/postmaster.pid"), stranger.pid() + "\n");

      EmbeddedPostgres.start(dataDir).close();

      assertThat(stranger.isAlive()).isTrue();
    } finally {
      stranger.destroyForcibly();
    }
  }

  @Test
  void a_cluster_left_half_made_is_made_anew() throws Exception {
    Path unfinished = Files.createDirectories(dataDir.resolve("postgres.unfinished-1/base"));
    Files.writeString(unfinished.resolveSibling("PG_VERSION"), "18\n");

    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
      assertThat(unfinished).doesNotExist();
    }
  }

  @Test
  void a_port_in_use_is_one_clear_sentence() throws Exception {
    try (var taken = new ServerSocket(0, 1, Ports.loopback())) {
      var options = Options.defaults().withPort(taken.getLocalPort());

      assertThatThrownBy(() -> EmbeddedPostgres.start(dataDir, options))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessage(
              "Postgres cannot listen on 127.0.0.1:%d: the port is in use or not allowed",
              taken.getLocalPort());
    }
  }

  @Test
  void a_file_in_the_place_of_the_directory_is_one_clear_sentence() throws Exception {
    Path file = Files.createFile(dataDir.resolve("file"));

    assertThatThrownBy(() -> EmbeddedPostgres.start(file))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessage("data directory %s cannot be used: %s is not a directory", file, file);
    assertThatThrownBy(() -> EmbeddedPostgres.start(file.resolve("below")))
        .isInstanceOf(EmbeddedServiceException.class)
        .hasMessageContaining("Not a directory");
  }

  @Test
  void a_second_start_on_the_same_directory_is_refused_and_harms_nothing() throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      assertThatThrownBy(() -> EmbeddedPostgres.start(dataDir))
          .isInstanceOf(EmbeddedServiceException.class)
          .hasMessageContaining("is in use: process " + ProcessHandle.current().pid());
      try (var other = Parent.start(dataDir)) {
        assertThat(other.says()).contains("is in use: process " + ProcessHandle.current().pid());
      }

      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
    }
  }

  @Test
  void a_directory_may_have_a_name_that_needs_quoting() throws Exception {
    try (var postgres = EmbeddedPostgres.start(dataDir.resolve("it's a \"mill\" \\ $HOME"))) {
      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
    }
  }
}
