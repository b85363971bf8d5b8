package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.HandlerPlugin;
import dev.millrace.job.JobHandler;
import dev.millrace.testing.ExampleJar;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples as their README has them run: the tables, the jar in the plugin folder of a worker,
 * and the program in a process of its own.
 */
class ExamplesTest {
  private final Path folder;

  ExamplesTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** Builds an example and lets a worker of the installation run its kinds. */
  private void install(String example, WorkerFixture millrace) throws IOException {
    ExampleJar.build(example, jar(example));
    String schema = Files.readString(ExampleJar.project(example).resolve("schema.sql"));
    millrace.jdbi.useHandle(handle -> handle.createScript(schema).execute());
    List<JobHandler<?>> handlers =
        Plugins.load(folder, new HandlerPlugin.Context(millrace.work, Map.of()));
    millrace.worker(4, handlers.toArray(JobHandler<?>[]::new));
  }

  private Path jar(String example) {
    return folder.resolve(example + ".jar");
  }

  /** Runs the example's program to its end; what it printed. */
  private String run(String example, String program, WorkerFixture millrace)
      throws IOException, InterruptedException {
    Path printed = folder.resolve("printed.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                jar(example) + File.pathSeparator + System.getProperty("java.class.path"),
                program)
            .redirectErrorStream(true)
            .redirectOutput(printed.toFile());
    builder.environment().put("DATABASE_URL", millrace.jdbcUrl());
    builder.environment().put("REDIS_URL", millrace.redisUrl());
    Process process = builder.start();
    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();
    assertThat(ended).as("it has ended").isTrue();
    assertThat(process.exitValue()).as(Files.readString(printed)).isZero();
    return Files.readString(printed);
  }

  @Test
  void a_rollback_takes_the_enqueued_job_with_it() throws Exception {
    try (WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5))) {
      install("transactional-enqueue", millrace);
      assertThat(run("transactional-enqueue", "example.orders.Orders", millrace))
          .contains("order 1 is placed, job ", "order 2 is refused");
      await()
          .untilAsserted(
              () ->
                  assertThat(
                          millrace.text(
                              "SELECT string_agg(id || ' ' || confirmed, ', ') FROM orders"))
                      .isEqualTo("1 true"));
      assertThat(millrace.text("SELECT string_agg(payload::text, ', ') FROM millrace.jobs"))
          .isEqualTo("{\"order\": 1}");
      assertThat(millrace.count("SELECT pieces FROM stock")).isEqualTo(7);
    }
  }

  @Test
  void debounced_calls_make_one_job_with_all_they_brought() throws Exception {
    try (WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5))) {
      install("debounce", millrace);
      assertThat(run("debounce", "example.search.Documents", millrace)).contains("33 edits, job ");
      await()
          .until(
              () ->
                  millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                      == 1);
      assertThat(millrace.text("SELECT fields || ', ' || times FROM document_index"))
          .isEqualTo("body title, 1");
      assertThat(millrace.count("SELECT count(*) FROM millrace.jobs")).isEqualTo(1);
    }
  }

  @Test
  void the_callback_of_a_batch_runs_after_its_last_job() throws Exception {
    try (WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5))) {
      install("batch-callback", millrace);
      assertThat(run("batch-callback", "example.album.Albums", millrace))
          .contains("scales 20 pictures");
      await()
          .untilAsserted(
              () ->
                  assertThat(millrace.text("SELECT string_agg(published::text, ', ') FROM albums"))
                      .isEqualTo("20"));
      assertThat(
              millrace.count(
                  "SELECT count(*) FROM millrace.jobs WHERE kind IN ('batch', 'picture.scale')"
                      + " AND state = 'completed'"))
          .isEqualTo(21);
    }
  }
}
