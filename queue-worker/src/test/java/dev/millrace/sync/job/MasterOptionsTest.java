package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.NewJob;
import dev.millrace.json.Json;
import dev.millrace.queue.JobControl;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dry runs, retries and cancels of whole syncs. */
class MasterOptionsTest {
  private static final String SHEET = "SKU,Name,Price\nA,a,1\nB,b,2\n";

  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private final Path directory;

  MasterOptionsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private void worker() {
    SyncSettings settings = SyncSettings.of(Optional.of(directory.resolve("master.csv").toUri()));
    millrace.worker(2, new SyncMaster(settings), new SyncSupplier(millrace.jdbi, settings));
  }

  private void master(String... suppliers) throws IOException {
    StringBuilder text = new StringBuilder("Code,Supplier,Sheet URL\n");
    for (String supplier : suppliers) {
      text.append("%s,Supplier %s,%s%n".formatted(supplier, supplier, sheet(supplier).toUri()));
    }
    Files.writeString(directory.resolve("master.csv"), text);
  }

  private Path sheet(String supplier) {
    return directory.resolve(supplier + ".csv");
  }

  private JsonNode sync(boolean dryRun, boolean onlyFailed) {
    long id =
        millrace
            .client
            .enqueue(NewJob.of(SyncMaster.KIND, new SyncMaster.Payload(dryRun, onlyFailed)))
            .jobId();
    await().until(() -> millrace.state(id).equals("completed"));
    return Json.tree(millrace.text("SELECT result::text FROM millrace.jobs WHERE id = ?", id));
  }

  private long children() {
    return millrace.count("SELECT count(*) FROM millrace.jobs WHERE kind = 'sync.supplier'");
  }

  @Test
  void a_dry_run_of_the_master_sheet_writes_nothing() throws Exception {
    worker();
    master("a", "b");
    Files.writeString(sheet("a"), SHEET);
    Files.writeString(sheet("b"), SHEET);
    sync(false, false);
    String tables =
        "SELECT (SELECT string_agg(s::text || s.xmin, ',' ORDER BY code) FROM suppliers s)"
            + " || (SELECT string_agg(i::text || i.xmin, ',') FROM supplier_items i) || (SELECT count(*) FROM parsing_logs)";
    String before = millrace.text(tables);
    master("a", "c");
    Files.writeString(sheet("a"), "SKU,Name,Price\nA,a,9\nB,b,2\n");

    JsonNode result = sync(true, false);

    assertThat(result)
        .isEqualTo(
            Json.tree(
                "{\"suppliers\":2,\"enabled\":1,\"problems\":0,\"added\":1,\"left\":1,\"dry_run\":true}"));
    assertThat(
            millrace.text(
                "SELECT result->'differences'->0->>'change' FROM millrace.jobs WHERE kind = 'sync.supplier' ORDER BY id DESC LIMIT 1"))
        .isEqualTo("changed");
    assertThat(millrace.text(tables)).isEqualTo(before);
  }

  @Test
  void a_dry_run_whose_master_sheet_fails_writes_no_log_row() throws Exception {
    worker();
    Files.writeString(directory.resolve("master.csv"), "nothing");
    for (boolean dryRun : new boolean[] {true, false}) {
      long id =
          millrace
              .client
              .enqueue(NewJob.of(SyncMaster.KIND, new SyncMaster.Payload(dryRun, false)))
              .jobId();
      await().until(() -> millrace.state(id).equals("failed"));
      assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", id))
          .contains("the master sheet could not be read");
      assertThat(millrace.count("SELECT count(*) FROM parsing_logs")).isEqualTo(dryRun ? 0 : 1);
    }
  }

  @Test
  void a_retry_of_the_failed_leaves_the_others_out() throws Exception {
    worker();
    master("a", "b");
    Files.writeString(sheet("a"), SHEET);
    sync(false, false);
    assertThat(children()).isEqualTo(2);
    Files.writeString(sheet("b"), SHEET);

    assertThat(sync(false, true).path("enabled").asInt()).isOne();

    assertThat(children()).isEqualTo(3);
    assertThat(sync(false, true).path("enabled").asInt()).as("none has failed").isZero();
  }

  @Test
  void a_cancel_of_a_sync_cancels_its_suppliers() throws Exception {
    SyncSettings settings = SyncSettings.of(Optional.of(directory.resolve("master.csv").toUri()));
    millrace.worker(1, new SyncMaster(settings)); // none runs its children
    master("a", "b");
    long id = millrace.client.enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)).jobId();
    await().until(() -> millrace.state(id).equals("waiting"));

    JobControl.Cancelled cancelled = new JobControl(millrace.own, millrace.client).cancel(id);

    assertThat(cancelled).isEqualTo(JobControl.Cancelled.AT_ONCE);
    assertThat(
            List.of(
                millrace.state(id),
                millrace.text(
                    "SELECT string_agg(DISTINCT state, ',') FROM millrace.jobs WHERE parent_id = ?",
                    id)))
        .containsExactly("cancelled", "cancelled");
  }
}
