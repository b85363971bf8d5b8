package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.config.Config;
import dev.millrace.app.config.Settings;
import dev.millrace.app.home.DataDir;
import dev.millrace.app.log.Output;
import dev.millrace.app.process.Node;
import dev.millrace.json.Json;
import dev.millrace.testing.TestServices;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** {@code millrace audit} on a running installation. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditCommandTest {
  private final Node node;

  AuditCommandTest(@TempDir Path directory) {
    Map<String, String> settings =
        Map.of(
            "MILLRACE_PORT",
            "0",
            "DATABASE_URL",
            TestServices.freshDatabase().jdbc(),
            "REDIS_URL",
            TestServices.startRedis().url());
    Config config = Config.read(Settings.of(settings), Config.Needs.NOTHING, directory);
    node = Node.start(Node.Plan.everything(config, DataDir.open(directory)));
  }

  @AfterAll
  void close() {
    node.close();
  }

  private int run(ByteArrayOutputStream out, String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--url", node.address().toString()));
    return Main.command(
            Map.of("MILLRACE_ADMIN_KEY", node.adminKey().value()),
            Output.visible(out),
            Output.visible(out))
        .execute(all.toArray(String[]::new));
  }

  private String done(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(run(out, args)).as(out.toString(StandardCharsets.UTF_8)).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  private void pause(String queue) {
    done("queues", "pause", queue, "--reason", "the disk of " + queue);
  }

  @Test
  void changes_and_refusals_are_listed_and_filtered() {
    pause("listed");
    String readOnly = done("key", "add", "r", "--role", "viewer", "--scopes", "read").strip();
    assertThat(run(new ByteArrayOutputStream(), "sync", "cancel", "--key", readOnly)).isOne();
    assertThat(done("audit"))
        .contains("WHO", "ACTION", "TARGET")
        .contains("queue.pause", "listed", "the disk of listed", "allowed")
        .contains("refused", "forbidden");
    assertThat(done("audit", "--action", "queue.pause", "--since", "1h")).contains("listed");
    assertThat(done("audit", "--outcome", "refused")).doesNotContain("queue.pause");
    assertThat(done("audit", "--until", "1d")).isEqualTo("no entry matches\n");
    assertThat(done("audit", "--who", "nobody's name")).isEqualTo("no entry matches\n");
    assertThat(Json.tree(done("audit", "--json", "--limit", "1")).path("entries")).hasSize(1);
  }

  @Test
  void a_wrong_filter_is_named() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    assertThat(run(out, "audit", "--since", "yesterday")).isEqualTo(2);
    assertThat(run(out, "audit", "--limit", "0")).isEqualTo(2);
    assertThat(run(out, "audit", "--outcome", "maybe")).isOne();
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("--since must be a time before now such as 30m, 2h or 7d", "'yesterday'")
        .contains("--limit must be 1 to 200, was 0")
        .contains("outcome");
  }

  @Test
  void all_of_it_is_exported_one_object_a_line() {
    String rows =
        """
        INSERT INTO millrace.audit (who, who_type, address, request_id, action, target, outcome)
        SELECT 'exported', 'admin_key', '127.0.0.1', 'r' || n, 'job.cancel', n::text, 'allowed'
          FROM generate_series(1, 450) AS n
        """;
    node.jdbi().useHandle(handle -> handle.execute(rows));
    List<String> lines = done("audit", "export", "--who", "exported").lines().toList();
    assertThat(lines).hasSize(450);
    assertThat(lines.stream().map(line -> Json.tree(line).path("target").asText()))
        .first()
        .isEqualTo("450");
    assertThat(lines.stream().map(line -> Json.tree(line).path("target").asText()).distinct())
        .hasSize(450);
    assertThat(done("audit", "--who", "exported")).contains("there are more");
  }

  @Test
  void what_comes_is_followed_each_entry_once() throws Exception {
    pause("followed-first");
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Thread follows =
        new Thread(
            () -> run(out, "audit", "--action", "queue.pause", "--limit", "1", "--follow"),
            "follows");
    follows.start();
    try {
      await(out, "followed-first");
      pause("followed-second");
      await(out, "followed-second");
      pause("followed-third");
      await(out, "followed-third");
    } finally {
      follows.interrupt();
      follows.join(60_000);
    }
    assertThat(follows.isAlive()).isFalse();
    assertThat(
            out.toString(StandardCharsets.UTF_8)
                .lines()
                .map(line -> line.replaceAll(".*queue (followed-[a-z]+) kind .*", "$1")))
        .containsExactly("followed-first", "followed-second", "followed-third");
  }

  private static void await(ByteArrayOutputStream out, String text) {
    Installation.await().until(() -> out.toString(StandardCharsets.UTF_8).contains(text));
  }
}
