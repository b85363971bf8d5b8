package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.process.Role;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.testing.ExampleJar;
import dev.millrace.testing.TestServices;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Millrace in the process of another program. */
class EmbeddedTest {
  private final DatabaseUrl url = TestServices.freshDatabase();
  private final String redis = TestServices.startRedis().url();
  private final Path directory;

  EmbeddedTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private List<String> texts(String query) {
    try (Database database = Database.open(url, "test", 1)) {
      return database.jdbi().withHandle(handle -> handle.select(query).mapTo(String.class).list());
    }
  }

  @Test
  void a_program_starts_millrace_runs_its_job_and_closes_it() throws Exception {
    Path jar = directory.resolve("shop.jar");
    ExampleJar.build("embedded", jar);
    Path printed = directory.resolve("printed.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jar + File.pathSeparator + System.getProperty("java.class.path"),
                "example.shop.Shop")
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder.environment().put("DATABASE_URL", url.jdbc());
    builder.environment().put("REDIS_URL", redis);
    builder.environment().put("MILLRACE_DATA_DIR", directory.resolve("data").toString());
    assertThat(exitCode(builder.start())).as(Files.readString(printed)).isZero();
    assertThat(Files.readString(printed))
        .contains("receipt of A-1 sent by job ", "the shop is closed");
    assertThat(texts("SELECT kind || ' ' || state FROM millrace.jobs"))
        .containsExactly("receipt.send completed");
    assertThat(texts("SELECT node FROM millrace.leader WHERE lease_until > clock_timestamp()"))
        .as("it has resigned")
        .isEmpty();
  }

  private static int exitCode(Process process) throws InterruptedException {
    try {
      return process.waitFor(2, TimeUnit.MINUTES) ? process.exitValue() : -1;
    } finally {
      process.destroyForcibly();
    }
  }

  @Test
  void roles_are_chosen_and_the_address_is_that_of_a_pool() {
    try (Database pool = Database.open(url, "the program", 1)) {
      try (Millrace millrace =
          Millrace.embedded(pool.dataSource(), redis)
              .roles(Role.API)
              .setting("MILLRACE_PORT", "0")
              .dataDir(directory.resolve("data"))
              .start()) {
        assertThat(millrace.address().getPort()).isPositive();
        assertThat(texts("SELECT worker_id FROM millrace.queue_workers")).isEmpty();
      }
    }
  }
}
