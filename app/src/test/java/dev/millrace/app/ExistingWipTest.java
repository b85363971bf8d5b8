package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Sql;
import dev.millrace.json.Json;
import dev.millrace.testing.TestServices;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database of the WIP guide: its endpoint and its schedule work without a further step. */
class ExistingWipTest {
  private static final String KEY = "key-of-the-wip-test-0123456789";

  private final DatabaseUrl url = TestServices.emptyDatabase();
  private final Path directory;

  ExistingWipTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private List<String> all(String query) {
    try (Database database = Database.open(url, "test", 1)) {
      return database.jdbi().withHandle(handle -> handle.select(query).mapTo(String.class).list());
    }
  }

  private static String post(Node node, String path) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(node.address() + path))
            .header("Authorization", "Bearer " + KEY)
            .POST(BodyPublishers.noBody())
            .build();
    return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
  }

  @Test
  void the_endpoint_and_the_worker_work_on_the_first_call() throws Exception {
    try (Database database = Database.open(url, "test", 1)) {
      String tables = Sql.of("dev.millrace.db.takeover.existing.wip");
      database
          .jdbi()
          .useHandle(
              handle -> {
                try (Statement statement = handle.getConnection().createStatement()) {
                  statement.execute(tables);
                }
              });
    }
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PORT",
            "0",
            "MILLRACE_ADMIN_KEY",
            KEY,
            "DATABASE_URL",
            url.jdbc(),
            "REDIS_URL",
            TestServices.startRedis().url());
    Config config = Config.read(Settings.of(settings), Config.Needs.NOTHING, directory);
    try (Node node = Node.start(Node.Plan.everything(config, DataDir.open(directory)))) {
      assertThat(post(node, "/api/admin/refresh-wip-views"))
          .isEqualTo(
              "{\"status\":\"success\",\"message\":\"WIP materialized views refreshed successfully\"}");
      assertThat(Json.tree(post(node, "/api/admin/workers/wip-views-refresh/run-once")).toString())
          .isEqualTo("{\"status\":\"success\"}");
    }
    assertThat(all("SELECT cron FROM public.background_workers WHERE enabled"))
        .containsExactly("*/2 6-22 * * *; */10 23,0-5 * * *");
    assertThat(
            all(
                "SELECT view_name || ' ' || status FROM millrace.mv_freshness WHERE view_name LIKE 'mv%' ORDER BY 1"))
        .containsExactly("mv_process_wip_queue FRESH", "mv_wip_status_dashboard FRESH");
  }
}
