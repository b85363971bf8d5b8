package dev.millrace.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.embedded.postgres.EmbeddedPostgres;
import dev.millrace.embedded.process.ChildProcess;
import dev.millrace.embedded.redis.EmbeddedRedis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ParentDeathTest {
  private final Path dataDir;

  ParentDeathTest(@TempDir Path dataDir) {
    this.dataDir = dataDir;
  }

  @Test
  void the_services_die_with_a_parent_that_is_killed() throws Exception {
    try (var parent = Parent.start(dataDir)) {
      List<ProcessHandle> services = parent.services();
      assertThat(services).allMatch(Parent::runs);

      parent.kill();

      await().atMost(Duration.ofSeconds(60)).until(() -> services.stream().noneMatch(Parent::runs));
    }
  }

  @Test
  void a_start_right_after_the_kill_of_the_parent_succeeds() throws Exception {
    try (var parent = Parent.start(dataDir)) {
      parent.services();
      parent.kill();
    }

    try (var postgres = EmbeddedPostgres.start(dataDir);
        var redis = EmbeddedRedis.start(dataDir)) {
      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
      assertThat(RedisCalls.call(redis, "PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void the_next_start_stops_services_of_a_killed_parent_and_shell() throws Exception {
    List<ProcessHandle> services;
    try (var parent = Parent.start(dataDir)) {
      services = parent.services();
      killShells(services);
      parent.kill();
    }
    assertThat(services).allMatch(Parent::runs);

    try (var postgres = EmbeddedPostgres.start(dataDir);
        var redis = EmbeddedRedis.start(dataDir)) {
      assertThat(services).noneMatch(Parent::runs);
      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
      assertThat(RedisCalls.call(redis, "PING")).isEqualTo("+PONG");
    }
  }

  @Test
  void a_kill_while_the_cluster_is_being_made_is_recovered_by_the_next_start() throws Exception {
    try (var parent = Parent.start(dataDir)) {
      await().atMost(Duration.ofSeconds(60)).until(() -> anyUnfinishedClusterHasFiles());
      parent.kill();
    }
    assertThat(dataDir.resolve("postgres")).doesNotExist();

    try (var postgres = EmbeddedPostgres.start(dataDir)) {
      assertThat(SqlCalls.value(postgres, "SELECT 1")).isEqualTo("1");
    }
    assertThat(unfinishedClusters()).isEmpty();
  }

  @Test
  void services_that_are_stopped_by_a_signal_die_with_their_parent_too() throws Exception {
    try (var parent = Parent.start(dataDir)) {
      List<ProcessHandle> services = parent.services();
      for (ProcessHandle service : services) {
        ChildProcess.signal("STOP", service.pid());
      }

      parent.kill();

      await().atMost(Duration.ofSeconds(60)).until(() -> services.stream().noneMatch(Parent::runs));
    }
  }

  /** The shell over each service and the part of it that waits for the end of the pipe. */
  private static void killShells(List<ProcessHandle> services) {
    for (ProcessHandle service : services) {
      ProcessHandle shell = service.parent().orElseThrow();
      List<ProcessHandle> watchers =
          shell.children().filter(child -> child.pid() != service.pid()).toList();
      watchers.forEach(ProcessHandle::destroyForcibly);
      shell.destroyForcibly();
      shell.onExit().join();
    }
  }

  private boolean anyUnfinishedClusterHasFiles() {
    return unfinishedClusters().stream()
        .anyMatch(cluster -> Files.exists(cluster.resolve("base/1")));
  }

  private List<Path> unfinishedClusters() {
    try (Stream<Path> entries = Files.list(dataDir)) {
      return entries
          .filter(e -> e.getFileName().toString().startsWith("postgres.unfinished"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
