package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.app.process.Role;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.testing.TestServices;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of metrics reads of a process with all roles. */
class MetricsTest {
  private static final String KEY = "0123456789abcdef";

  private final HttpClient http = HttpClient.newHttpClient();

  private static final class Greet implements JobHandler<Greet.Name> {
    record Name(String name) {}

    static final JobKind<Name> KIND = JobKind.of("greet", Name.class);

    @Override
    public JobKind<Name> kind() {
      return KIND;
    }

    @Override
    public Outcome run(Name name, JobContext context) {
      return Outcome.done();
    }
  }

  private static Node up(Path directory) {
    Config config =
        Config.read(
            Settings.of(
                Map.of(
                    "MILLRACE_PORT",
                    "0",
                    "MILLRACE_METRICS_PORT",
                    "0",
                    "MILLRACE_ADMIN_KEY",
                    KEY,
                    "DATABASE_URL",
                    TestServices.freshDatabase().jdbc(),
                    "REDIS_URL",
                    TestServices.startRedis().url())),
            Config.Needs.NOTHING,
            directory);
    return Node.start(
        Node.Plan.within(
            EnumSet.allOf(Role.class), config, DataDir.open(directory), List.of(new Greet())));
  }

  private String metrics(Node node) throws Exception {
    HttpRequest request = HttpRequest.newBuilder(node.metricsAddress().orElseThrow()).build();
    HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  @Test
  void the_process_its_requests_and_the_installation_are_measured(@TempDir Path directory)
      throws Exception {
    try (Node node = up(directory)) {
      HttpRequest missing =
          HttpRequest.newBuilder(node.address().resolve("/api/admin/jobs/4711"))
              .header("Authorization", "Bearer " + KEY)
              .build();
      assertThat(http.send(missing, BodyHandlers.ofString()).statusCode()).isEqualTo(404);
      node.jobs().enqueue(NewJob.of(Greet.KIND, new Greet.Name("Ada")));
      await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(
              () ->
                  assertThat(metrics(node))
                      .contains("millrace_scheduler_leaders 1.0\n")
                      .contains(
                          "millrace_job_run_seconds_count{kind=\"greet\",outcome=\"completed\",queue=\"default\"}"
                              + " 1\n")
                      .contains(
                          "millrace_job_wait_seconds_bucket{kind=\"greet\",queue=\"default\",le=\"+Inf\"}"
                              + " 1\n")
                      .contains(
                          "millrace_queue_workers{queue=\"default\",state=\"running\"} 1.0\n"));
      assertThat(metrics(node))
          .contains("millrace_status_readable 1.0\n")
          .contains("millrace_build_info{roles=\"scheduler+worker+api\",version=")
          .contains("millrace_troubles 0.0\n")
          .contains("millrace_jobs{state=\"queued\"} 0.0\n")
          .contains("millrace_scheduler_nodes{state=\"running\"} 1.0\n")
          .containsPattern(
              "millrace_http_request_seconds_count\\{method=\"GET\",route=\"/api/admin/jobs/\\{id}\",status=\"404\"} 1")
          .contains("hikaricp_connections_max{pool=\"millrace scheduler+worker+api\"}")
          .contains("jvm_memory_used_bytes{")
          .contains("process_files_open_files ");
    }
  }

  @Test
  void what_cannot_be_read_has_no_figures(@TempDir Path directory) throws Exception {
    try (Node node = up(directory)) {
      node.jdbi().useHandle(handle -> handle.execute("ALTER TABLE millrace.jobs RENAME TO gone"));
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .untilAsserted(() -> assertThat(metrics(node)).doesNotContain("millrace_jobs{state="));
        assertThat(metrics(node)).contains("millrace_troubles ");
      } finally {
        node.jdbi().useHandle(handle -> handle.execute("ALTER TABLE millrace.gone RENAME TO jobs"));
      }
    }
  }
}
