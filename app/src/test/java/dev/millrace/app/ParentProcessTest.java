package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.testing.TestServices;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code --with-parent}: a process that stops with the one that it belongs to. */
class ParentProcessTest {
  private final Path directory;
  private final Map<String, String> environment =
      Map.of(
          "MILLRACE_PORT",
          "0",
          "DATABASE_URL",
          TestServices.freshDatabase().jdbc(),
          "REDIS_URL",
          TestServices.startRedis().url());

  ParentProcessTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void it_stops_in_order_when_its_parent_is_killed() throws Exception {
    Process parent = new ProcessBuilder("sleep", "600").start();
    try (MillraceProcess up =
        MillraceProcess.start(
            directory,
            environment,
            "up",
            "--data",
            directory.resolve("data").toString(),
            "--with-parent",
            Long.toString(parent.pid()))) {
      up.awaitError(" started data=");
      parent.destroyForcibly();
      assertThat(up.exitCode()).isZero();
      assertThat(up.err())
          .contains("process " + parent.pid() + " has ended, so this one stops", " stopped");
    } finally {
      parent.destroyForcibly();
    }
  }

  @Test
  void a_parent_that_does_not_run_is_refused() throws Exception {
    Process parent = new ProcessBuilder("true").start();
    parent.waitFor();
    try (MillraceProcess worker =
        MillraceProcess.start(
            directory, environment, "worker", "--with-parent", Long.toString(parent.pid()))) {
      assertThat(worker.exitCode()).isEqualTo(2);
      assertThat(worker.err()).contains("--with-parent " + parent.pid() + ": no such process runs");
    }
  }
}
