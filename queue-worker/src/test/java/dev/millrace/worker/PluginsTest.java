package dev.millrace.worker;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.millrace.job.HandlerPlugin;
import dev.millrace.job.JobHandler;
import dev.millrace.job.NewJob;
import dev.millrace.testing.ExampleJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Builds the example project as its author would, drops the jar into a plugin folder and runs it.
 */
class PluginsTest {
  @Test
  void the_example_plugin_is_loaded_and_its_kind_runs(@TempDir Path folder) throws Exception {
    ExampleJar.build(ExampleJar.LOG_CLEANUP, folder.resolve("log-cleanup.jar"));
    try (WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5))) {
      millrace.jdbi.useHandle(
          handle -> {
            handle.execute(
                Files.readString(
                        ExampleJar.project(ExampleJar.LOG_CLEANUP).resolve("background-worker.sql"))
                    .replaceAll(";\\s*$", ""));
            handle.execute(
                "INSERT INTO app_log (logged_at) SELECT now() - n * interval '1 day' FROM generate_series(0, 99) n");
          });
      List<JobHandler<?>> handlers =
          Plugins.load(folder, new HandlerPlugin.Context(millrace.jdbi, Map.of()));
      assertThat(handlers)
          .extracting(handler -> handler.kind().name())
          .containsExactly("log.cleanup");
      millrace.worker(1, handlers.toArray(JobHandler<?>[]::new));
      long id =
          millrace
              .client
              .enqueue(
                  NewJob.of("log.cleanup", "{\"keep_days\": 30}")
                      .forBackgroundWorker("log_cleanup"))
              .jobId();
      await().until(() -> millrace.state(id).equals("completed"));
      assertThat(millrace.count("SELECT count(*) FROM app_log")).isBetween(30L, 31L);
      assertThat(
              millrace.text(
                  "SELECT last_status FROM background_workers WHERE worker_name = 'log_cleanup'"))
          .isEqualTo("success");
      assertThat(millrace.text("SELECT kind FROM millrace.kinds WHERE kind = 'log.cleanup'"))
          .isEqualTo("log.cleanup");
    }
  }

  @Test
  void a_jar_that_cannot_be_loaded_is_named(@TempDir Path folder) throws IOException {
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(folder.resolve("broken.jar")))) {
      jar.putNextEntry(new JarEntry("META-INF/services/dev.millrace.job.HandlerPlugin"));
      jar.write("nobody.Home".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
    try (WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5))) {
      var context = new HandlerPlugin.Context(millrace.jdbi, Map.of());
      assertThatThrownBy(() -> Plugins.load(folder, context))
          .isInstanceOf(Plugins.PluginException.class)
          .hasMessageContaining("broken.jar")
          .hasMessageContaining("nobody.Home");
    }
  }

  @Test
  void a_missing_plugin_folder_loads_nothing(@TempDir Path folder) {
    try (WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5))) {
      var context = new HandlerPlugin.Context(millrace.jdbi, Map.of());
      assertThat(Plugins.load(folder.resolve("none"), context)).isEmpty();
    }
  }
}
