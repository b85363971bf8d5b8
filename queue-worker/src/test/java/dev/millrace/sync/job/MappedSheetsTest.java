package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is set for a supplier's sheet, by the master sheet or by an admin. */
class MappedSheetsTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private Path directory;

  @BeforeEach
  void start(@TempDir Path sheets) throws IOException {
    directory = sheets;
    Files.writeString(
        sheets.resolve("a.csv"),
        "SKU;Unser Code;Name;Price\nx-1;A-1;Bolt;1,500\nx-2;A-2;Nut;call\n");
    SyncSettings settings = SyncSettings.of(Optional.of(sheets.resolve("master.csv").toUri()));
    millrace.worker(4, new SyncMaster(settings), new SyncSupplier(millrace.jdbi, settings));
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  @Test
  void a_mapping_of_the_master_sheet_is_in_force_while_it_stands_there() throws IOException {
    master("Supplier;URL;map_sku;map_decimal", "Abel;" + sheet() + ";unser code;.");
    sync();

    assertThat(items()).isEqualTo("A-1 1500");
    assertThat(
            millrace.text(
                "SELECT concat_ws('|', row_number, code, column_name, cell_value) FROM parsing_logs WHERE row_number > 0"))
        .isEqualTo("3|NOT_A_NUMBER|Price|call");

    master("Supplier;URL;map_sku;map_decimal", "Abel;" + sheet() + ";unser code;,");
    sync();
    assertThat(items()).isEqualTo("A-1 1.5");

    master("Supplier;URL", "Abel;" + sheet());
    sync();
    assertThat(millrace.count("SELECT count(*) FROM millrace.sync_mappings")).isZero();
  }

  @Test
  void a_mapping_that_an_admin_has_set_stays() throws IOException {
    master("Supplier;URL;map_sku;map_decimal", "Abel;" + sheet() + ";Unser Code;.");
    sync();
    assertThat(
            millrace.text(
                "UPDATE millrace.sync_mappings SET of_master = false, mapping = '{\"sku\": \"Unser Code\", \"decimal\": \",\"}' RETURNING supplier_id"))
        .isNotNull();
    sync();

    assertThat(items()).isEqualTo("A-1 1.5");
  }

  @Test
  void a_mapping_that_is_wrong_is_an_error_of_its_supplier() throws IOException {
    master("Supplier;URL;map_decimal", "Abel;" + sheet() + ";.");
    sync();
    assertThat(
            millrace.text(
                "UPDATE millrace.sync_mappings SET of_master = false, mapping = '{\"decimals\": \",\"}' RETURNING supplier_id"))
        .isNotNull();
    sync();

    assertThat(
            millrace.text(
                "SELECT error_type || ' ' || error_message FROM parsing_logs WHERE supplier_id IS NOT NULL ORDER BY id DESC LIMIT 1"))
        .startsWith(
            "MISSING_COLUMNS the column mapping of the supplier is wrong: decimals must be one of");
  }

  private String sheet() {
    return directory.resolve("a.csv").toUri().toString();
  }

  private void master(String... lines) throws IOException {
    Files.write(directory.resolve("master.csv"), List.of(lines));
  }

  private void sync() {
    long id = millrace.client.enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)).jobId();
    await().until(() -> List.of("completed", "failed").contains(millrace.state(id)));
    assertThat(millrace.state(id)).isEqualTo("completed");
  }

  private String items() {
    return millrace.text(
        "SELECT string_agg(supplier_sku || ' ' || trim_scale(current_price), ',' ORDER BY supplier_sku) FROM supplier_items WHERE vanished_at IS NULL");
  }
}
