package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ItemsKeptTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private Path sheet;

  @BeforeEach
  void work(@TempDir Path directory) throws IOException {
    sheet = directory.resolve("a.csv");
    Path master =
        Files.writeString(
            directory.resolve("master.csv"),
            "Code,Supplier,Sheet URL\na,Abel," + sheet.toUri() + "\n");
    SyncSettings settings = SyncSettings.of(Optional.of(master.toUri()));
    millrace.worker(2, new SyncMaster(settings), new SyncSupplier(millrace.jdbi, settings));
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  @Test
  void unreadable_rows_keep_their_items() {
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4", "E,e,5", "F,f,6");

    sync("A,a,1.50", "B,b,#REF!", "C,c,", "D,d,4", "E,e,5");

    assertThat(skus()).isEqualTo("A,B,C,D,E");
    assertThat(price("A")).isEqualTo("1.500000");
    assertThat(price("B")).isEqualTo("2.000000");
    assertThat(lastLog("error_type")).isEqualTo("SUCCESS");
    assertThat(lastLog("rows_left_out")).isEqualTo("2");
    assertThat(lastLog("error_message"))
        .isEqualTo(
            "3 items, 2 rows left out (the first is row 3: the price is the error of a formula: \"#REF!\"), 2 items kept that are in no readable row");
  }

  @Test
  void a_row_without_a_readable_sku_keeps_all_missing_items() {
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4");

    sync("A,a,1", "#REF!,b,2", "D,d,4");
    assertThat(skus()).isEqualTo("A,B,C,D");

    sync("A,a,1", ",b,2", "D,d,4");
    assertThat(skus()).isEqualTo("A,B,C,D");

    sync("A,a,1", "B,b,2", ",A heading,", "D,d,4");
    assertThat(skus()).as("a heading is no item").isEqualTo("A,B,D");
  }

  @Test
  void a_stray_quote_keeps_the_item_of_its_row() {
    sync("A,a,1", "B,b,2", "C,c,3");

    sync("A,a,1", "B,\"Pipe 5\" steel\",2", "C,c,4");

    assertThat(skus()).isEqualTo("A,B,C");
    assertThat(price("C")).isEqualTo("4.000000");
  }

  @Test
  void a_half_empty_sheet_changes_nothing() {
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4", "E,e,5");

    sync("A,a,9", "B,b,9", "F,f,9");

    assertThat(skus()).isEqualTo("A,B,C,D,E");
    assertThat(price("A")).isEqualTo("1.000000");
    assertThat(lastLog("error_type")).isEqualTo("ITEMS_MISSING");
    assertThat(lastLog("error_message"))
        .startsWith(
            "3 of 5 items are missing from the sheet or cannot be read, SYNC_MAX_LOST_PERCENT allows 50 %");
  }

  @Test
  void a_sheet_whose_formulas_broke_deletes_nothing() {
    sync(rows(500, "1.25"));
    String[] broken = rows(500, "#REF!");
    broken[17] = "S-17,part 17,1.25";

    sync(broken);

    assertThat(count()).isEqualTo(500);
    assertThat(lastLog("error_type")).isEqualTo("ITEMS_MISSING");
  }

  @Test
  void a_sheet_that_lost_half_of_its_items_is_synced() {
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4");

    sync("A,a,1", "B,b,2");

    assertThat(skus()).isEqualTo("A,B");
  }

  @Test
  void another_spelling_of_a_sku_is_the_same_item() {
    sync("a-1,a,1", "b-1,b,2", "c-1,c,3");

    sync("A-1,a,1", "B-1,b,2", "C-1,c,3");

    assertThat(skus()).isEqualTo("A-1,B-1,C-1");
    assertThat(lastLog("error_type")).isEqualTo("SUCCESS");
  }

  @Test
  void an_unchanged_sheet_writes_no_item() {
    sync(rows(2_500, "1.25"));
    String before = versions();

    sync(rows(2_500, "1.25"));

    assertThat(versions()).isEqualTo(before);
  }

  @Test
  void only_changed_items_are_written() {
    sync(rows(2_500, "1.25"));
    String[] rows = rows(2_500, "1.25");
    rows[7] = "S-7,part 7,9.99";

    sync(rows);

    assertThat(price("S-7")).isEqualTo("9.990000");
    assertThat(
            millrace.text(
                "SELECT string_agg(DISTINCT n::text, ',' ORDER BY n::text) FROM (SELECT count(*) AS n FROM supplier_items GROUP BY xmin::text) versions"))
        .isEqualTo("1,2499");
  }

  private static String[] rows(int count, String price) {
    return IntStream.range(0, count)
        .mapToObj(i -> "S-%d,part %d,%s".formatted(i, i, price))
        .toArray(String[]::new);
  }

  private void sync(String... rows) {
    try {
      Files.writeString(
          sheet,
          List.of(rows).stream().collect(Collectors.joining("\n", "SKU,Name,Price\n", "\n")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long id =
        millrace
            .client
            .enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL).withUniqueKey("sync"))
            .jobId();
    await().until(() -> millrace.state(id).equals("completed"));
  }

  private String skus() {
    return millrace.text(
        "SELECT string_agg(supplier_sku, ',' ORDER BY supplier_sku) FROM supplier_items WHERE vanished_at IS NULL");
  }

  private long count() {
    return millrace.count("SELECT count(*) FROM supplier_items WHERE vanished_at IS NULL");
  }

  private String price(String sku) {
    return millrace.text(
        "SELECT current_price::text FROM supplier_items WHERE supplier_sku = ?", sku);
  }

  private String lastLog(String column) {
    return millrace.text(
        "SELECT "
            + column
            + "::text FROM parsing_logs WHERE supplier_id IS NOT NULL ORDER BY id DESC LIMIT 1");
  }

  /**
   * The place and the transaction of each item's row version, which change if the item is written
   * again.
   */
  private String versions() {
    return millrace.text(
        "SELECT md5(string_agg(supplier_sku || ctid::text || xmin::text, ',' ORDER BY supplier_sku)) FROM supplier_items");
  }
}
