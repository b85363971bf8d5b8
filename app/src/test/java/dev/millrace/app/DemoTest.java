package dev.millrace.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTest {
  private final Path directory;
  private final String data;

  DemoTest(@TempDir Path directory) {
    this.directory = directory;
    this.data = directory.resolve("da ta").toString();
  }

  private MillraceProcess millrace(String... args) throws Exception {
    return MillraceProcess.start(directory, Map.of(), args);
  }

  @Test
  void the_demo_completes_on_an_empty_directory() throws Exception {
    try (MillraceProcess demo = millrace("demo", "--once", "--port", "0", "--data", data)) {
      assertThat(demo.exitCode()).as(demo.out() + demo.err()).isZero();
      assertThat(demo.out())
          .contains("suppliers  27 ok, 2 failed")
          .contains("public.mv_tbl_parts_inventory_sku_counts")
          .contains("public.mv_tbl_parts_inventory_itemid_counts")
          .contains("mv_feed_projects", "refresh_all_wip_views()")
          .contains("stats job completed", "stats      10 of 10 functions")
          .contains("cache invalidated for 11 tags")
          .doesNotContain("processing,", "not refreshed");
      assertThat(demo.err()).isEmpty();
    }
  }

  @Test
  void killed_in_the_middle_it_is_finished_by_the_same_command() throws Exception {
    try (MillraceProcess first = millrace("demo", "--once", "--port", "0", "--data", data)) {
      first.awaitOutput("suppliers [");
    }
    try (MillraceProcess second = millrace("demo", "--once", "--port", "0", "--data", data)) {
      assertThat(second.exitCode()).as(second.out() + second.err()).isZero();
      assertThat(second.out()).contains("suppliers  27 ok, 2 failed");
    }
  }

  @Test
  void it_serves_until_it_is_stopped_and_the_client_commands_talk_to_it() throws Exception {
    try (MillraceProcess demo = millrace("demo", "--port", "0", "--data", data)) {
      demo.awaitOutput("Serving until Ctrl-C");
      String address =
          demo.out().lines().filter(line -> line.startsWith("address")).findFirst().orElseThrow();
      String url = address.substring(address.indexOf("http"));

      try (MillraceProcess status = millrace("status", "--url", url, "--data", data)) {
        assertThat(status.exitCode()).as(status.err()).isZero();
        assertThat(status.out()).contains("sync idle", "inventory_mv_refresh", "QUEUE WORKER");
      }
      String id;
      try (MillraceProcess enqueue =
          millrace("enqueue", "sync.master", "--url", url, "--data", data)) {
        assertThat(enqueue.exitCode()).as(enqueue.err()).isZero();
        id = enqueue.out().strip();
        assertThat(id).matches("[0-9]+");
      }
      try (MillraceProcess jobs =
          millrace("jobs", "--kind", "sync.master", "--url", url, "--data", data, "--json")) {
        assertThat(jobs.exitCode()).as(jobs.err()).isZero();
        assertThat(jobs.out()).contains("\"id\" : \"" + id + "\"");
      }
      demo.terminate();
      assertThat(demo.exitCode()).as(demo.err()).isZero();
      assertThat(demo.out()).contains("stopping");
    }
  }
}
