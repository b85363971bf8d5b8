package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.app.log.Output;
import dev.millrace.json.Json;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Each command that calls the API, on an installation with the demo's data. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CommandsTest {
  private final Installation installation;
  private final Path directory;

  CommandsTest(@TempDir Path directory) {
    this.directory = directory;
    this.installation = new Installation(directory);
  }

  @AfterAll
  void close() {
    installation.close();
  }

  @BeforeAll
  void makesAFailedJob() {
    installation.sql(
        """
        INSERT INTO background_workers (worker_name, kind, interval_seconds, enabled)
        VALUES ('nightly', 'mv.refresh', 86400, false) ON CONFLICT DO NOTHING
        """);
  }

  private record Printed(int code, String out, String err) {}

  private Printed millrace(String... args) {
    return millrace(Map.of("MILLRACE_ADMIN_KEY", installation.node().adminKey().value()), args);
  }

  private Printed millrace(Map<String, String> environment, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(args));
    if (!environment.containsKey("MILLRACE_PROFILE")) {
      all.addAll(List.of("--url", installation.address().toString()));
    }
    int code =
        Main.command(environment, Output.visible(out), Output.visible(err))
            .execute(all.toArray(String[]::new));
    return new Printed(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private String done(String... args) {
    Printed printed = millrace(args);
    assertThat(printed.code()).as("%s%s", printed.out(), printed.err()).isZero();
    return printed.out();
  }

  private String failing() {
    String id = done("enqueue", "mv.refresh", "{\"views\": [\"public.no_such_view\"]}").strip();
    Installation.await()
        .until(() -> done("jobs", "show", id, "--json").contains("\"state\" : \"failed\""));
    return id;
  }

  @Test
  void a_job_is_listed_shown_retried_and_cancelled() {
    String failed = failing();
    assertThat(done("jobs", "--state", "failed", "--kind", "mv.refresh")).contains(failed);
    assertThat(done("jobs", "show", failed))
        .contains("job " + failed + ": mv.refresh in queue default, failed")
        .contains("no_such_view")
        .contains("ATTEMPT");
    assertThat(done("jobs", "retry", failed, "--reason", "of the test")).contains("queued");
    String later = done("enqueue", "mv.refresh", "{}", "--delay", "1h").strip();
    assertThat(done("jobs", "cancel", later)).isEqualTo("job " + later + " cancelled\n");
    Printed again = millrace("jobs", "cancel", later);
    assertThat(again.code()).isOne();
    assertThat(again.err()).contains("job " + later + " is cancelled");
    assertThat(millrace("jobs", "show", "9999999").err()).contains("404");
    Printed wrong = millrace("jobs", "show", "../status");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("JOB must be the id of a job");
  }

  @Test
  void many_jobs_are_retried_by_a_filter_and_never_without_one() {
    String failed = failing();
    assertThat(millrace("jobs", "retry").err()).contains("--kind, --queue, --older-than or --all");
    assertThat(done("jobs", "retry", "--kind", "mv.refresh")).contains("jobs queued");
    Installation.await()
        .untilAsserted(
            () ->
                assertThat(
                        installation.count(
                            "SELECT attempt FROM millrace.jobs WHERE id = ?",
                            Long.parseLong(failed)))
                    .isGreaterThan(1));
  }

  @Test
  void many_jobs_are_counted_cancelled_and_deleted_by_a_filter() {
    String job = done("enqueue", "mv.refresh", "{}", "--queue", "many", "--delay", "1h").strip();
    assertThat(done("jobs", "cancel", "--queue", "many", "--dry-run"))
        .contains("1 jobs pass the filter; nothing was changed")
        .contains("The first: " + job);
    assertThat(millrace("jobs", "cancel", "--queue", "many").err()).contains("reason is required");
    assertThat(millrace("jobs", "cancel", job, "--queue", "many").err()).contains("not both");
    assertThat(millrace("jobs", "purge", "--reason", "r").err()).contains("or --all");
    assertThat(done("jobs", "cancel", "--queue", "many", "--reason", "a wrong release"))
        .contains("1 jobs cancelled, 0 asked to stop");
    assertThat(done("jobs", "purge", "--queue", "many", "--older-than", "1d", "--reason", "r"))
        .contains("0 jobs deleted");
    assertThat(done("jobs", "purge", "--queue", "many", "--state", "cancelled", "--reason", "r"))
        .contains("1 jobs deleted, with 0 children");
    assertThat(millrace("jobs", "show", job).err()).contains("404");
    assertThat(
            done(
                "jobs",
                "purge",
                "--kind",
                "mv.refresh",
                "--state",
                "failed",
                "--dry-run",
                "--json"))
        .contains("\"dry_run\" : true");
  }

  @Test
  void the_log_of_a_job_is_followed_to_its_end() {
    String failed = failing();
    Printed log = millrace("jobs", "logs", "-f", failed);
    assertThat(log.code()).isOne();
    assertThat(log.out()).endsWith("job " + failed + " failed\n");
  }

  @Test
  void a_background_worker_is_run_changed_and_paused() {
    assertThat(done("workers")).contains("nightly").contains("BACKGROUND WORKER");
    assertThat(done("workers", "set", "nightly", "--interval", "600", "--enabled", "true"))
        .contains("true");
    assertThat(done("workers", "next", "nightly", "--count", "3").lines()).hasSize(4);
    assertThat(done("workers", "pause", "nightly", "--reason", "index build"))
        .contains("index build");
    assertThat(done("workers", "next", "nightly")).contains("It is disabled");
    assertThat(done("workers", "resume", "nightly")).contains("true");
    assertThat(done("workers", "show", "nightly")).contains("interval seconds: 600");
    assertThat(millrace("workers", "set", "nightly").err()).contains("needs --enabled");
    assertThat(millrace("workers", "set", "nightly", "--cron", "at noon").code()).isOne();
    assertThat(millrace("workers", "pause", "nightly").code()).isEqualTo(2);
    assertThat(millrace("workers", "run", "nobody").err()).contains("no background worker");
  }

  @Test
  void a_view_is_shown_and_refreshed() {
    String list = done("views");
    assertThat(list).contains("mv_feed_projects").contains("last 24 h:");
    assertThat(done("views", "refresh", "mv_feed_projects", "--wait")).contains("completed");
    assertThat(
            done("views", "watch", "mv_feed_projects", "public.projects", "--columns", "upvotes"))
        .contains("upvotes");
    assertThat(done("views", "show", "mv_feed_projects")).contains("WATCHES").contains("success");
    assertThat(done("views", "unwatch", "mv_feed_projects", "public.projects"))
        .contains("does not watch");
    assertThat(done("views", "blocking", "--json")).contains("sessions");
    assertThat(millrace("views", "show", "no such view").err()).contains("404");
  }

  @Test
  void a_queue_is_paused_and_resumed() {
    assertThat(done("queues", "pause", "reports", "--reason", "the disk is full"))
        .isEqualTo("paused: queue reports\n");
    assertThat(done("queues")).contains("reports").contains("the disk is full");
    assertThat(done("queues", "resume", "reports")).isEqualTo("resumed: queue reports\n");
    assertThat(done("queues")).doesNotContain("reports");
    assertThat(millrace("queues", "resume").err()).contains("name a QUEUE");
  }

  @Test
  void a_flag_is_set_and_cleared() {
    String flag = "USE_BG_JOBS_CRON";
    assertThat(done("flags", "set", flag, "false", "--reason", "rolled back"))
        .contains("false")
        .contains("rolled back");
    assertThat(done("flags", "clear", flag, "--reason", "it works")).contains("environment");
    assertThat(millrace("flags", "set", flag, "off", "--reason", "x").err())
        .contains("must be true or false, was 'off'");
  }

  @Test
  void a_sync_without_a_master_sheet_is_refused_with_the_reason() {
    Printed refused = millrace("sync");
    assertThat(refused.code()).isOne();
    assertThat(refused.err()).contains("MASTER_SHEET_URL");
    assertThat(done("sync", "suppliers")).contains("SUPPLIER");
    assertThat(done("sync", "history")).contains("SYNC");
    assertThat(done("sync", "logs", "--type", "BAD_ROW")).contains("MESSAGE");
    assertThat(millrace("sync", "cancel").err()).contains("409");
    assertThat(millrace("sync", "--accept-vanished").err()).contains("--supplier");
  }

  @Test
  void why_gives_the_reasons_of_a_job_and_of_a_worker() {
    assertThat(done("why", "job", failing())).startsWith("failed: it is failed since 20");
    assertThat(done("why", "worker", "nightly"))
        .startsWith("disabled: its schedule is disabled" + System.lineSeparator());
    assertThat(Json.tree(done("why", "worker", "nightly", "--json")).at("/reasons/0/code").asText())
        .isEqualTo("disabled");
    assertThat(millrace("why", "view", "nowhere").err()).contains("no materialized view 'nowhere'");
  }

  @Test
  void json_is_what_the_api_answered() {
    for (List<String> command :
        List.of(
            List.of("status"),
            List.of("jobs"),
            List.of("workers"),
            List.of("views"),
            List.of("queues"),
            List.of("flags"),
            List.of("sync", "suppliers"),
            List.of("sync", "history"),
            List.of("sync", "logs"))) {
      List<String> args = new ArrayList<>(command);
      args.add("--json");
      assertThat(Json.tree(done(args.toArray(String[]::new))).isObject())
          .as("%s", command)
          .isTrue();
    }
  }

  @Test
  void a_profile_has_the_address_and_the_key() throws Exception {
    Path config = directory.resolve("config");
    Path profiles = Files.createDirectories(config.resolve("millrace")).resolve("profiles");
    Files.writeString(
        profiles,
        "[here]\nurl = %s\nkey = %s\n[wrong]\nurl = %s\nkey = not-the-key-of-it\n"
            .formatted(
                installation.address(),
                installation.node().adminKey().value(),
                installation.address()));
    Files.setPosixFilePermissions(profiles, PosixFilePermissions.fromString("rw-------"));
    Map<String, String> environment =
        Map.of("XDG_CONFIG_HOME", config.toString(), "MILLRACE_PROFILE", "here");
    assertThat(millrace(environment, "jobs", "--limit", "1").code()).isZero();
    assertThat(millrace(environment, "jobs", "--profile", "wrong").err())
        .contains("does not take the key");
    assertThat(millrace(environment, "jobs", "--key", "another-wrong-key-of-it").err())
        .contains("does not take the key")
        .doesNotContain("another-wrong");
  }

  @Test
  void the_completion_script_knows_the_commands() {
    ByteArrayOutputStream script = new ByteArrayOutputStream();
    Main.command(Map.of(), Output.visible(script), Output.visible(script)).execute("completion");
    assertThat(script.toString(StandardCharsets.UTF_8))
        .contains("workers")
        .contains("blocking")
        .contains("--accept-vanished");
  }
}
