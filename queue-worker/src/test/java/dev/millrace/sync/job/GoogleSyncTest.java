package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.demo.google.GoogleDocument;
import dev.millrace.demo.google.GoogleDocument.Cell;
import dev.millrace.demo.google.GoogleServer;
import dev.millrace.http.SharedLimiter;
import dev.millrace.job.NewJob;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.sheet.SheetLimits;
import dev.millrace.sheet.SheetSource;
import dev.millrace.sheet.google.GoogleSettings;
import dev.millrace.sheet.google.GoogleSheets;
import dev.millrace.sheet.google.ServiceAccountKey;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GoogleSyncTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private final Redis away = Redis.open(RedisUrl.parse("redis://127.0.0.1:1"), 1);
  private GoogleServer google;
  private GoogleSettings settings;
  private URI master;

  @BeforeEach
  void share(@TempDir Path directory) throws IOException {
    google = GoogleServer.start();
    google.writeKey(directory.resolve("key.json"));
    ServiceAccountKey key = ServiceAccountKey.read(directory.resolve("key.json"));
    settings = new GoogleSettings(key, google.root(), key.token());
    URI anna = google.share("anna", prices());
    URI ben = google.share("ben", prices());
    master =
        google.share(
            "master",
            GoogleDocument.of(
                "Master",
                List.of(
                    row("Code", "Supplier", "Sheet URL"),
                    row("anna", "Anna", anna.toString()),
                    row("ben", "Ben", ben.toString()))));
  }

  @AfterEach
  void close() {
    millrace.close();
    google.close();
    away.close();
  }

  @Test
  void a_sheet_that_is_no_longer_shared_names_whom_to_share_it_with() {
    google.withdraw("ben");
    try (GoogleSheets sheets = work(60)) {
      assertThat(sheets.accepts(master)).isTrue();
      sync();
      await().until(() -> logs("Ben") > 0 && logs("Anna") > 0);

      assertThat(
              millrace.text(
                  "SELECT error_message FROM parsing_logs WHERE error_type = 'ACCESS_DENIED'"))
          .contains("share the sheet with " + google.email());
      assertThat(millrace.count("SELECT count(*) FROM supplier_items")).isEqualTo(2);
    }
  }

  @Test
  void a_sheet_beyond_the_quota_waits_in_the_queue() {
    try (GoogleSheets sheets = work(2)) { // enough for the master sheet
      assertThat(sheets.accepts(master)).isTrue();
      sync();
      await()
          .until(
              () ->
                  millrace.count(
                          "SELECT count(*) FROM millrace.jobs WHERE kind = 'sync.supplier' AND state = 'scheduled'")
                      == 2);

      assertThat(millrace.count("SELECT count(*) FROM parsing_logs WHERE supplier_id IS NOT NULL"))
          .isZero();
      assertThat(google.requests()).hasSize(3);
    }
  }

  private GoogleSheets work(int reads) {
    SharedLimiter limiter =
        new SharedLimiter(away, "google", List.of(new SharedLimiter.Limit("user", reads)), () -> 1);
    GoogleSheets sheets = new GoogleSheets(settings, SheetLimits.DEFAULT, limiter);
    List<SheetSource> services = List.of(sheets);
    SyncSettings sync = SyncSettings.of(Optional.of(master));
    millrace.worker(
        2, new SyncMaster(sync, services), new SyncSupplier(millrace.jdbi, sync, services));
    return sheets;
  }

  private void sync() {
    millrace.client.enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL));
  }

  private long logs(String supplier) {
    return millrace.count(
        "SELECT count(*) FROM parsing_logs l JOIN suppliers s ON s.id = l.supplier_id WHERE s.name = '"
            + supplier
            + "'");
  }

  private static GoogleDocument prices() {
    return GoogleDocument.of(
        "Prices",
        List.of(
            row("SKU", "Name", "Price", "Currency"),
            row("A", "Axle", 1.5, "EUR"),
            row("B", "Bolt", 2, "EUR")));
  }

  private static List<Cell> row(Object... values) {
    return Stream.of(values).map(Cell::of).toList();
  }
}
