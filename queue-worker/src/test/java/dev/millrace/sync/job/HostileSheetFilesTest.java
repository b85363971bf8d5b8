package dev.millrace.sync.job;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.NewJob;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A worker with 256 MB survives every sheet, and runs other jobs meanwhile. */
class HostileSheetFilesTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(30));
  private Path sheets;
  private Process worker;

  @BeforeEach
  void start(@TempDir Path directory) throws IOException {
    sheets = directory;
    Path master = Files.writeString(directory.resolve("master.csv"), "");
    worker = SheetWorkerProcess.start(millrace.jdbcUrl(), millrace.redisUrl(), master.toUri());
  }

  @AfterEach
  void stop() throws InterruptedException {
    worker.destroyForcibly();
    worker.waitFor(10, TimeUnit.SECONDS);
    millrace.close();
  }

  @Test
  void no_hostile_sheet_ends_or_blocks_a_small_worker() throws IOException {
    Map<String, HostileSheetFiles.Writer> hostile = HostileSheetFiles.all();
    assertThat(hostile).hasSizeGreaterThanOrEqualTo(40);
    Map<String, UUID> suppliers = new LinkedHashMap<>();
    for (Map.Entry<String, HostileSheetFiles.Writer> sheet : hostile.entrySet()) {
      Path file = sheets.resolve(sheet.getKey());
      HostileSheetFiles.write(file, sheet.getValue());
      UUID supplier = supplier(sheet.getKey(), file);
      suppliers.put(sheet.getKey(), supplier);
      long sync = sync(supplier);
      long beside = beside();
      ends(sheet.getKey() + ": the job beside", Duration.ofSeconds(15), beside);
      ends(sheet.getKey(), Duration.ofMinutes(1), sync);
    }

    List<Long> together = suppliers.values().stream().map(this::sync).toList();
    for (int i = 0; i < 10; i++) {
      ends("a job beside all of them", Duration.ofSeconds(30), beside());
    }
    together.forEach(sync -> ends("all at once", Duration.ofMinutes(4), sync));

    assertThat(millrace.count("SELECT count(*) FROM millrace.jobs WHERE state <> 'completed'"))
        .isZero();
    assertThat(millrace.count("SELECT max(attempt) FROM millrace.jobs")).isEqualTo(1);
    assertThat(worker.isAlive()).isTrue();
    assertThat(
            millrace.count(
                "SELECT count(DISTINCT supplier_id) FROM parsing_logs WHERE supplier_id IS NOT NULL"))
        .isEqualTo(hostile.size());
  }

  private void ends(String what, Duration time, long job) {
    Awaitility.await(what)
        .atMost(time)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              assertThat(worker.isAlive()).as("the worker, at %s", what).isTrue();
              return millrace.count(
                      "SELECT count(*) FROM millrace.jobs WHERE id = ? AND finished_at IS NOT NULL",
                      job)
                  == 1;
            });
  }

  private long sync(UUID supplier) {
    return millrace
        .client
        .enqueue(
            NewJob.of(SyncSupplier.KIND, SyncSupplier.Payload.of(supplier.toString()))
                .withLockKey("sync.supplier:" + supplier))
        .jobId();
  }

  private long beside() {
    return millrace
        .client
        .enqueue(NewJob.of(SheetWorkerProcess.BESIDE, new SheetWorkerProcess.Beside()))
        .jobId();
  }

  private UUID supplier(String name, Path file) {
    return UUID.fromString(
        millrace.text(
            "INSERT INTO suppliers (code, name, sheet_url) VALUES (?, ?, ?) RETURNING id::text",
            name,
            name,
            file.toUri().toString()));
  }
}
