package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.demo.DemoFacts;
import dev.millrace.demo.DemoSheets;
import dev.millrace.demo.DemoSupplier;
import dev.millrace.job.NewJob;
import dev.millrace.worker.WorkerFixture;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MasterSyncTest {
  private static final NewJob SYNC =
      NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)
          .withUniqueKey("sync.master")
          .forBackgroundWorker("master_sync");

  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));

  @AfterEach
  void close() {
    millrace.close();
  }

  private void worker(URI masterSheet) {
    SyncSettings settings = SyncSettings.of(Optional.of(masterSheet));
    millrace.worker(4, new SyncMaster(settings), new SyncSupplier(millrace.jdbi, settings));
  }

  private long sync() {
    long id = millrace.client.enqueue(SYNC).jobId();
    await().until(() -> List.of("completed", "failed").contains(millrace.state(id)));
    return id;
  }

  @Test
  void a_sync_stores_items_of_good_sheets_and_reasons_of_bad_ones(@TempDir Path directory)
      throws Exception {
    DemoFacts facts = DemoSheets.write(directory, 42);
    worker(facts.masterUrl());
    worker(facts.masterUrl());
    long first = sync();
    assertThat(millrace.state(first)).isEqualTo("completed");
    assertThat(items()).isEqualTo(expectedItems(facts));
    Map<String, String> outcomes = outcomes();
    facts.good().forEach(good -> assertThat(outcomes).containsEntry(good.code(), "SUCCESS"));
    facts
        .failing()
        .forEach(bad -> assertThat(outcomes).containsEntry(bad.code(), bad.outcome().name()));
    assertThat(
            millrace.count(
                "SELECT count(DISTINCT worker_id) FROM millrace.jobs WHERE parent_id = ?", first))
        .as("both workers took a share")
        .isEqualTo(2);

    long second = sync();
    assertThat(second).isNotEqualTo(first);
    assertThat(items()).isEqualTo(expectedItems(facts));
    assertThat(millrace.count("SELECT count(*) FROM suppliers"))
        .isEqualTo(facts.suppliers().size());
    assertThat(
            millrace.count(
                "SELECT runs_ok_in_row FROM background_workers WHERE worker_name = 'master_sync'"))
        .isEqualTo(2);
  }

  @Test
  void a_csv_master_sheet_has_the_same_result(@TempDir Path directory) throws Exception {
    DemoFacts facts = DemoSheets.write(directory, 7);
    worker(facts.masterCsv().toUri());
    assertThat(millrace.state(sync())).isEqualTo("completed");
    assertThat(items()).isEqualTo(expectedItems(facts));
  }

  @Test
  void a_missing_master_sheet_fails_the_sync_with_its_error(@TempDir Path directory) {
    worker(directory.resolve("nowhere.xlsx").toUri());
    long id = sync();
    assertThat(millrace.state(id)).isEqualTo("failed");
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", id))
        .contains("master sheet could not be read");
    assertThat(millrace.text("SELECT error_type FROM parsing_logs WHERE supplier_id IS NULL"))
        .isEqualTo("NOT_FOUND");
    assertThat(
            millrace.text(
                "SELECT last_status FROM background_workers WHERE worker_name = 'master_sync'"))
        .isEqualTo("error");
  }

  private static Map<String, Long> expectedItems(DemoFacts facts) {
    Map<String, Long> expected = new TreeMap<>();
    for (DemoSupplier supplier : facts.good()) {
      expected.put(supplier.code(), (long) supplier.items());
    }
    return expected;
  }

  private Map<String, Long> items() {
    Map<String, Long> items = new TreeMap<>();
    query(
        "SELECT s.code, count(*) FROM suppliers s JOIN supplier_items i ON i.supplier_id = s.id GROUP BY s.code",
        (code, count) -> items.put(code, Long.valueOf(count)));
    return items;
  }

  /** The status of each supplier by its newest log row. */
  private Map<String, String> outcomes() {
    Map<String, String> outcomes = new TreeMap<>();
    query(
        "SELECT DISTINCT ON (s.id) s.code, l.error_type FROM suppliers s JOIN parsing_logs l ON l.supplier_id = s.id"
            + " ORDER BY s.id, l.created_at DESC, l.id DESC",
        outcomes::put);
    return outcomes;
  }

  private void query(String sql, BiConsumer<String, String> pair) {
    millrace.jdbi.useHandle(
        handle ->
            handle
                .createQuery(sql)
                .map((row, context) -> List.of(row.getString(1), row.getString(2)))
                .forEach(row -> pair.accept(row.get(0), row.get(1))));
  }
}
