package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.job.Enqueued;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.schedule.BackgroundWorkers;
import dev.millrace.schedule.MasterSync;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One master sync at a time, and one switch of a supplier, however their jobs were enqueued. */
class OneSyncTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private SyncSettings settings;

  @BeforeEach
  void supply(@TempDir Path directory) throws IOException {
    Path sheet = directory.resolve("a.csv");
    Files.writeString(sheet, "SKU,Name,Price\nA,a,1\nB,b,2\n");
    Path master = directory.resolve("master.csv");
    Files.writeString(master, "Code,Supplier,Sheet URL\na,Abel," + sheet.toUri() + "\n");
    settings = SyncSettings.of(Optional.of(master.toUri()));
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  @Test
  void a_job_without_the_key_takes_it_and_the_next_is_refused() {
    millrace.worker(2, new SyncMaster(settings));
    long first = enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)).jobId();
    await().until(() -> millrace.state(first).equals("waiting"));

    Enqueued asked = enqueue(MasterSync.job(Trigger.API));
    assertThat(asked.created()).isFalse();
    assertThat(asked.jobId()).isEqualTo(first);
    assertRefused(enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)), first);

    millrace.worker(1, new SyncSupplier(millrace.jdbi, settings));
    await().until(() -> millrace.state(first).equals("completed"));
    long next = enqueue(NewJob.of(SyncMaster.KIND, SyncMaster.Payload.ALL)).jobId();
    await().until(() -> millrace.state(next).equals("completed"));
  }

  @Test
  void a_schedule_that_allows_overlap_makes_no_second_sync() {
    millrace.worker(2, new SyncMaster(settings));
    long first = enqueue(MasterSync.job(Trigger.API)).jobId();
    await().until(() -> millrace.state(first).equals("waiting"));

    for (String policy : new String[] {"allow", "queue_one"}) {
      millrace.jdbi.useHandle(
          handle ->
              handle.execute(
                  "INSERT INTO background_workers (worker_name, cron, kind, overlap_policy) VALUES ('master_sync', '0 0 * * *', 'sync.master', ?)"
                      + " ON CONFLICT (worker_name) DO UPDATE SET overlap_policy = excluded.overlap_policy",
                  policy));
      NewJob scheduled =
          new BackgroundWorkers(millrace.jdbi)
              .find("master_sync")
              .orElseThrow()
              .job(Trigger.SCHEDULE);
      assertThat(scheduled.uniqueKey()).as(policy).isEmpty();
      assertRefused(enqueue(scheduled), first);
    }
  }

  @Test
  void two_jobs_of_one_supplier_switch_its_items_one_after_the_other() {
    String supplier =
        millrace.text(
            "INSERT INTO suppliers (code, name, sheet_url) VALUES ('a', 'Abel', ?) RETURNING id::text",
            settings.masterSheet().orElseThrow().resolve("a.csv").toString());
    millrace.worker(2, new SyncSupplier(millrace.jdbi, settings));
    NewJob job = NewJob.of(SyncSupplier.KIND, SyncSupplier.Payload.of(supplier));
    millrace.jdbi.useTransaction(
        handle -> {
          handle.execute("SELECT FROM suppliers FOR NO KEY UPDATE");
          enqueue(job);
          enqueue(job);
          await()
              .until(
                  () ->
                      millrace.count(
                              "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%sync_suppliers%FOR NO KEY UPDATE'")
                          == 2);
        });
    await()
        .until(
            () ->
                millrace.count("SELECT count(*) FROM millrace.jobs WHERE state = 'completed'")
                    == 2);
    assertThat(
            millrace.text(
                "SELECT string_agg(concat_ws(' ', result->>'inserted', result->>'unchanged', attempt), '; ' ORDER BY result->>'inserted') FROM millrace.jobs"))
        .isEqualTo("0 2 1; 2 0 1");
  }

  private Enqueued enqueue(NewJob job) {
    return millrace.client.enqueue(job);
  }

  private void assertRefused(Enqueued job, long running) {
    assertThat(job.created()).isTrue();
    await().until(() -> millrace.state(job.jobId()).equals("failed"));
    assertThat(millrace.text("SELECT error FROM millrace.jobs WHERE id = ?", job.jobId()))
        .contains("sync " + running + " has not ended, and there is one at a time");
  }
}
