package dev.millrace.app.moving;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.embedded.postgres.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds on each version of Postgres that is supported, for each documented system. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EverySystem {
  EmbeddedPostgres postgres;

  /** The server that the databases are on. */
  abstract EmbeddedPostgres.Options server();

  @BeforeAll
  void start(@TempDir Path directory) {
    postgres = ExistingDatabase.server(directory, server());
  }

  @AfterAll
  void stop() {
    postgres.close();
  }

  static Stream<List<Application>> systems() {
    return Stream.concat(Application.all().stream().map(List::of), Stream.of(Application.all()));
  }

  @ParameterizedTest
  @MethodSource("systems")
  void each_system_and_all_together_move_in_and_out_again(List<Application> systems) {
    try (ExistingDatabase system = ExistingDatabase.of(postgres, systems)) {
      List<String> before = Application.rows(system, systems);
      assertThat(system.migrate("--plan").code()).isZero();
      system.moveIn();
      assertThat(Application.rows(system, systems)).isEqualTo(before);
      Application.work(system, systems);
      system.moveOut();
      assertThat(Application.rows(system, systems)).isEqualTo(before);
      Application.work(system, systems);
      system.moveIn();
    }
  }

  @Test
  void all_five_systems_run_in_one_database(@TempDir Path home) throws Exception {
    List<Application> all = Application.all();
    try (ExistingDatabase system = ExistingDatabase.of(postgres, all)) {
      Config config =
          Config.read(
              Settings.of(Map.of("MILLRACE_PORT", "0", "DATABASE_URL", system.databaseUrl())),
              Config.Needs.NOTHING,
              home);
      try (Node node = Node.start(Node.Plan.everything(config, DataDir.open(home)))) {
        for (String path :
            List.of("/workers/inventory-mv-refresh/run-once", "/refresh-wip-views")) {
          assertThat(call(node, "POST", "/api/admin" + path, ""))
              .as(path)
              .contains("\"status\":\"success\"");
        }
        assertThat(call(node, "GET", "/api/admin/ingestion/status", null))
            .contains("Aldermoor Motor Factors", "Bexley & Crane");
        Application.work(system, all);
        String retried =
            "SELECT status FROM background_job_status WHERE payload->>'requestId' = 'old-1'";
        system.run(
            system.owner(),
            "UPDATE background_job_status SET status = 'queued', retry_count = retry_count + 1,"
                + " error_message = NULL, started_at = NULL WHERE status = 'failed'");
        Awaitility.await()
            .atMost(Duration.ofMinutes(1))
            .until(() -> system.ask(system.webapp(), retried).equals(List.of("completed")));
      }
      List<String> used = Application.rows(system, all);
      system.moveOut();
      assertThat(Application.rows(system, all)).isEqualTo(used);
      Application.work(system, all);
    }
  }

  static String call(Node node, String method, String path, @Nullable String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(node.address().resolve(path))
            .timeout(Duration.ofMinutes(1))
            .header("Authorization", "Bearer " + node.adminKey().value())
            .header("Content-Type", "application/json")
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body))
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }
}
