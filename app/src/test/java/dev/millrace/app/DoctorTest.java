package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.http.ApiClient;
import dev.millrace.app.log.Output;
import dev.millrace.app.process.Node;
import dev.millrace.testing.DyingThreads;
import dev.millrace.testing.TestServices;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What {@code millrace doctor} says of a process that works, and of one whose threads die. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DoctorTest {
  private final Node node;
  private final ApiClient api;

  DoctorTest(@TempDir Path directory) {
    Config config =
        Config.read(
            Settings.of(
                Map.of(
                    "MILLRACE_PORT",
                    "0",
                    "DATABASE_URL",
                    TestServices.freshDatabase().jdbc(),
                    "REDIS_URL",
                    TestServices.startRedis().url())),
            Config.Needs.NOTHING,
            directory);
    node = Node.start(Node.Plan.everything(config, DataDir.open(directory)));
    api = new ApiClient(node.address(), List.of(node.adminKey()));
  }

  @AfterAll
  void close() {
    node.close();
  }

  private record Said(int exitCode, String text) {}

  private Said doctor() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int exitCode =
        Main.command(
                Map.of("MILLRACE_ADMIN_KEY", node.adminKey().value()),
                Output.visible(bytes),
                Output.visible(bytes))
            .execute("doctor", "--url", node.address().toString());
    return new Said(exitCode, bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  void doctor_names_each_dead_thread_while_jobs_run() {
    Installation.await()
        .untilAsserted(
            () -> assertThat(doctor()).isEqualTo(new Said(0, "OK    no problem found\n")));
    node.jdbi()
        .useHandle(
            handle -> {
              handle.execute("CREATE MATERIALIZED VIEW public.seen AS SELECT 1 AS one");
              handle.execute("CREATE UNIQUE INDEX ON public.seen (one)");
              handle.execute("INSERT INTO millrace.mv_views (view_name) VALUES ('seen')");
            });
    DyingThreads threads = DyingThreads.of(node.jdbi());
    threads.kill(List.of("millrace-record", "millrace-debounce", "status-read-0"));
    new Thread(DoctorTest::breaks, "of-a-library").start();

    assertThat(api.post("/materialized-views/seen/refresh", Optional.empty()).status())
        .isEqualTo(202);
    Installation.await()
        .untilAsserted(
            () -> {
              Said said = doctor();
              assertThat(said.exitCode()).as(said.text()).isOne();
              assertThat(said.text())
                  .containsPattern("WARN  queue worker .*: thread record died and was restarted")
                  .containsPattern(
                      "WARN  scheduler node .*: thread debounce died and was restarted")
                  .contains("WARN  API: thread status-read died and was restarted")
                  .contains(
                      "WARN  API: thread of-a-library died and is not restarted:"
                          + " IllegalStateException: broken");
            });
    Installation.await().until(() -> refreshes().equals(List.of("completed")));
    assertThat(api.get("/status").orThrow().path("degraded").toString()).contains("threads");
  }

  private List<String> refreshes() {
    return node.jdbi()
        .withHandle(
            handle ->
                handle
                    .select("SELECT state FROM millrace.jobs WHERE unique_key = 'mv:seen'")
                    .mapTo(String.class)
                    .list());
  }

  private static void breaks() {
    throw new IllegalStateException("broken");
  }
}
