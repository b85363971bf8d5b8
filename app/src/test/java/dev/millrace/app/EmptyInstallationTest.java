package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.process.Node;
import dev.millrace.testing.TestServices;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An installation without the demo's data: what it has, and what {@code migrate --seed} adds. */
class EmptyInstallationTest {
  private static final String KEY = "0123456789abcdef";

  private final Path directory;
  private final Map<String, String> environment =
      new HashMap<>(
          Map.of(
              "MILLRACE_PORT",
              "0",
              "MILLRACE_ADMIN_KEY",
              KEY,
              "DATABASE_URL",
              TestServices.freshDatabase().jdbc(),
              "REDIS_URL",
              TestServices.startRedis().url()));

  EmptyInstallationTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Node up() {
    Config config = Config.read(Settings.of(environment), Config.Needs.NOTHING, directory);
    return Node.start(Node.Plan.everything(config, DataDir.open(directory)));
  }

  private String command(String... args) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int exit = Main.command(environment, new PrintWriter(out), new PrintWriter(err)).execute(args);
    assertThat(exit).as(err.toString()).isZero();
    return out.toString();
  }

  private static long workers(Node node) {
    return node.jdbi()
        .withHandle(
            handle ->
                handle
                    .select("SELECT count(*) FROM public.background_workers")
                    .mapTo(Long.class)
                    .one());
  }

  @Test
  void status_says_how_a_background_worker_is_added() {
    try (Node node = up()) {
      String url = node.address().toString();
      assertThat(workers(node)).isZero();
      assertThat(command("status", "--url", url))
          .contains("no background workers: ", "`millrace migrate --seed`")
          .doesNotContain("BACKGROUND WORKER");

      assertThat(command("migrate", "--seed"))
          .contains(
              "the schema is up to date",
              "added background worker inventory_mv_refresh",
              "added stats function update_power_ratings",
              "15 rows added");
      Installation.await()
          .until(() -> !command("status", "--url", url).contains("no background workers"));
      assertThat(command("status", "--url", url))
          .contains("BACKGROUND WORKER", "inventory_mv_refresh", "master_sync");
      assertThat(command("migrate", "--seed")).contains("nothing was added");
    }
  }

  @Test
  void a_master_sheet_brings_the_background_worker_of_the_master_sync() {
    environment.put("MASTER_SHEET_URL", directory.resolve("master.csv").toUri().toString());
    try (Node node = up()) {
      assertThat(workers(node)).isOne();
      assertThat(command("status", "--url", node.address().toString())).contains("master_sync");
    }
  }
}
