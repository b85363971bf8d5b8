package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Sql;
import dev.millrace.db.takeover.Migrations;
import dev.millrace.job.NewJob;
import dev.millrace.testing.TestServices;
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

/** A sync into tables that a database had before us. */
class ExistingSuppliersTest {
  private static final String ITEMS = "SKU,Name,Price\nA-1,Bolt,1.239\nA-2,Nut,0.10\n";

  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5), existing());
  private final Path directory;

  ExistingSuppliersTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private static DatabaseUrl existing() {
    DatabaseUrl url = TestServices.emptyDatabase();
    try (Database database = Database.open(url, "test", 2)) {
      String tables = Sql.of("dev.millrace.db.takeover.existing.sync");
      database.jdbi().useHandle(handle -> handle.createScript(tables).execute());
      new Migrations(database).run();
    }
    return url;
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private void sync(String... rows) throws IOException {
    Files.writeString(directory.resolve("items.csv"), ITEMS);
    Files.writeString(
        directory.resolve("master.csv"), "Supplier,Sheet URL,Enabled\n" + String.join("\n", rows));
    long id = millrace.client.enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)).jobId();
    await().until(() -> List.of("completed", "failed").contains(millrace.state(id)));
    assertThat(millrace.state(id)).isEqualTo("completed");
  }

  private void worker() {
    SyncSettings settings = SyncSettings.of(Optional.of(directory.resolve("master.csv").toUri()));
    millrace.worker(4, new SyncMaster(settings), new SyncSupplier(millrace.jdbi, settings));
  }

  private String row(String name) {
    return name + "," + directory.resolve("items.csv").toUri() + ",yes";
  }

  @Test
  void suppliers_are_matched_by_name_and_keep_their_ids() throws Exception {
    worker();
    String id = millrace.text("SELECT id::text FROM suppliers WHERE name LIKE 'Ald%'");

    sync(row("Aldermoor Motor Factors"), row("Coyle"));

    assertThat(
            millrace.text(
                "SELECT string_agg(name || ' ' || coalesce(code, '-'), ', ' ORDER BY name) FROM suppliers"))
        .isEqualTo(
            "Aldermoor Motor Factors aldermoor-motor-factors, Bexley & Crane -, Coyle coyle");
    assertThat(millrace.text("SELECT id::text FROM suppliers WHERE name LIKE 'Ald%'"))
        .isEqualTo(id);
    assertThat(
            millrace.text(
                "SELECT string_agg(supplier_sku || ' ' || current_price, ', ' ORDER BY supplier_sku) FROM supplier_items WHERE supplier_id = ?::uuid",
                id))
        .as("prices have the decimals of their column")
        .isEqualTo("A-1 1.24, A-2 0.10");
    assertThat(
            millrace.text(
                "SELECT string_agg(error_type, ', ' ORDER BY created_at) FROM parsing_logs WHERE supplier_id = ?::uuid",
                id))
        .isEqualTo("SUCCESS, SUCCESS");
    assertThat(millrace.count("SELECT count(*) FROM parsing_logs WHERE task_id = 't1'")).isOne();
  }

  @Test
  void a_second_sync_of_rounded_prices_writes_no_item() throws Exception {
    worker();
    sync(row("Coyle"));
    String before = millrace.text("SELECT string_agg(xmin::text, ',') FROM supplier_items");
    sync(row("Coyle"));
    assertThat(millrace.text("SELECT string_agg(xmin::text, ',') FROM supplier_items"))
        .isEqualTo(before);
  }

  @Test
  void a_supplier_that_leaves_the_sheet_is_disabled_until_it_returns() throws Exception {
    worker();
    String left =
        "SELECT string_agg(name || ' ' || enabled || ' ' || coalesce(disabled_reason, '-'), ', ' ORDER BY name) FROM suppliers";
    sync(row("Coyle"), row("Dent"));
    sync(row("Dent"));
    assertThat(millrace.text(left))
        .isEqualTo(
            "Aldermoor Motor Factors true -, Bexley & Crane true -, Coyle false not in the master sheet, Dent true -");
    assertThat(millrace.count("SELECT count(*) FROM supplier_items WHERE supplier_sku = 'A-2'"))
        .as("its items stay")
        .isEqualTo(2);
    sync(row("Dent"), row("Coyle"));
    assertThat(millrace.text(left)).contains("Coyle true -");
  }

  @Test
  void no_supplier_is_disabled_while_a_row_cannot_be_read() throws Exception {
    worker();
    sync(row("Coyle"), row("Dent"));
    sync(row("Dent"), "Coyle,no address,yes");
    assertThat(millrace.text("SELECT enabled::text FROM suppliers WHERE name = 'Coyle'"))
        .isEqualTo("true");
    assertThat(
            millrace.text(
                "SELECT concat_ws(' ', row_number, error_type, code, column_name) FROM parsing_logs WHERE row_number > 0"))
        .isEqualTo("3 BAD_ROW NOT_A_URL Sheet URL");
  }

  @Test
  void a_repeated_unique_name_costs_its_row_and_not_the_sync() throws Exception {
    worker();
    Files.writeString(directory.resolve("items.csv"), ITEMS);
    String url = directory.resolve("items.csv").toUri().toString();
    Files.writeString(
        directory.resolve("master.csv"),
        "Code,Supplier,Sheet URL\nc1,Coyle," + url + "\nc2,Coyle," + url + "\n");
    long id = millrace.client.enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)).jobId();
    await().until(() -> List.of("completed", "failed").contains(millrace.state(id)));
    assertThat(millrace.state(id)).isEqualTo("completed");
    assertThat(millrace.text("SELECT code FROM suppliers WHERE name = 'Coyle'")).isEqualTo("c1");
    assertThat(
            millrace.text(
                "SELECT concat_ws(' ', row_number, error_type, code) FROM parsing_logs WHERE row_number > 0"))
        .isEqualTo("3 DUPLICATE_ROW DUPLICATE_KEY");
  }
}
