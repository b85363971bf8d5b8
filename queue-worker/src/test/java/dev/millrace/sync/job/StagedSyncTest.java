package dev.millrace.sync.job;

import static dev.millrace.worker.WorkerFixture.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.job.Trigger;
import dev.millrace.json.Json;
import dev.millrace.worker.WorkerFixture;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StagedSyncTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  private Path sheet;
  private String supplier;
  private SyncSettings settings;

  @BeforeEach
  void supply(@TempDir Path directory) {
    sheet = directory.resolve("a.csv");
    URI master = directory.resolve("master.csv").toUri();
    settings = SyncSettings.of(Optional.of(master));
    supplier =
        millrace.text(
            "INSERT INTO suppliers (code, name, sheet_url) VALUES ('a', 'Abel', ?) RETURNING id::text",
            sheet.toUri().toString());
  }

  @AfterEach
  void close() {
    millrace.close();
  }

  private void worker() {
    millrace.worker(2, new SyncSupplier(millrace.jdbi, settings));
  }

  @Test
  void the_result_counts_what_was_done_to_items() {
    worker();
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4", "E,e,5", "F,f,6");

    JsonNode result =
        sync("New,n,7", "A,a,1", "b,b,2", "C,c,3.50", "C,again,9", "D,d,#REF!", "F,f,6");

    assertThat(counts(result))
        .isEqualTo("items 5, inserted 1, changed 2, vanished 1, unchanged 3, rejected 2");
    assertThat(present()).isEqualTo("A,C,D,F,New,b");
    assertThat(
            millrace.text(
                "SELECT string_agg(row_number || ' ' || error_type || ' ' || error_message, '; ' ORDER BY row_number) FROM parsing_logs WHERE row_number > 0"))
        .isEqualTo(
            "6 DUPLICATE_ROW repeats \"C\" of row 5 with other values; row 5 counts; 7 BAD_ROW the price is the error of a formula: \"#REF!\"");
  }

  @Test
  void a_first_sheet_gives_the_items_that_a_comparison_gives() {
    worker();
    String[] rows = {"A,a,1", "a,again,2", "B,b,#REF!", "C,c,3"};
    assertThat(counts(sync(rows)))
        .isEqualTo("items 2, inserted 2, changed 0, vanished 0, unchanged 0, rejected 2");
    String items =
        "SELECT string_agg(concat_ws('|', supplier_sku, name, current_price, source_row, vanished_at), '; ' ORDER BY supplier_sku) FROM supplier_items";
    String first = millrace.text(items);
    assertThat(first).isEqualTo("A|a|1.000000|2; C|c|3.000000|5");

    millrace.jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM supplier_items WHERE supplier_sku = 'A'");
          handle.execute("UPDATE supplier_items SET vanished_at = clock_timestamp()");
        });
    assertThat(counts(sync(rows)))
        .as("a supplier whose only item has vanished is compared")
        .isEqualTo("items 2, inserted 2, changed 0, vanished 0, unchanged 0, rejected 2");
    assertThat(millrace.text(items)).isEqualTo(first);
  }

  @Test
  void a_vanished_item_is_marked_and_unmarked_when_it_returns() {
    worker();
    sync("A,a,1", "B,b,2");

    assertThat(counts(sync("A,a,1"))).contains("vanished 1");
    assertThat(
            millrace.text(
                "SELECT string_agg(supplier_sku, ',') FROM supplier_items WHERE vanished_at IS NOT NULL"))
        .isEqualTo("B");
    assertThat(counts(sync("A,a,1"))).contains("vanished 0", "unchanged 1");
    assertThat(counts(sync("A,a,1", "B,b,2"))).contains("inserted 1", "unchanged 1");
    assertThat(present()).isEqualTo("A,B");
  }

  @Test
  void a_setting_deletes_vanished_items_and_those_marked_before() {
    worker();
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4");
    sync("A,a,1", "B,b,2", "C,c,3");
    SyncSettings deleting =
        new SyncSettings(settings.masterSheet(), 50, true, settings.maxRetryAfter());
    JobKind<SyncSupplier.Payload> kind = JobKind.of("test.deleting", SyncSupplier.Payload.class);
    millrace.worker(1, renamed(kind, new SyncSupplier(millrace.jdbi, deleting)));

    write("A,a,1", "B,b,2");
    run(NewJob.of(kind, SyncSupplier.Payload.of(supplier)));

    assertThat(millrace.text("SELECT string_agg(supplier_sku, ',' ORDER BY 1) FROM supplier_items"))
        .isEqualTo("A,B");
  }

  @Test
  void a_row_that_moves_within_its_sheet_is_not_written() {
    worker();
    sync("A,a,1", "B,b,2");
    String before = millrace.text("SELECT string_agg(xmin::text, ',') FROM supplier_items");

    assertThat(counts(sync(",A heading,", "B,b,2", "A,a,1")))
        .contains("changed 0, vanished 0, unchanged 2");

    assertThat(millrace.text("SELECT string_agg(xmin::text, ',') FROM supplier_items"))
        .isEqualTo(before);
  }

  @Test
  void a_second_sync_of_many_batches_writes_no_item_row() {
    worker();
    String[] rows = rows(StagedRows.BATCH * 2 + 5);
    assertThat(counts(sync(rows))).contains("inserted " + rows.length);
    String writes =
        "SELECT n_tup_ins || ' ' || n_tup_upd || ' ' || n_tup_del FROM pg_stat_user_tables WHERE relname = 'supplier_items'";
    await().until(() -> millrace.text(writes).equals(rows.length + " 0 0"));

    assertThat(counts(sync(rows)))
        .contains("inserted 0, changed 0, vanished 0, unchanged " + rows.length);

    String other = "UPDATE supplier_items SET name = 'x' WHERE supplier_sku = 'S-1'";
    millrace.jdbi.useHandle(handle -> handle.execute(other));
    await().until(() -> !millrace.text(writes).equals(rows.length + " 0 0"));
    assertThat(millrace.text(writes))
        .as("the update of this test alone")
        .isEqualTo(rows.length + " 1 0");
    assertThat(tables()).isZero();
  }

  @Test
  void a_sheet_in_the_state_of_the_last_sync_is_not_loaded_again() {
    worker();
    sync("A,a,1", "B,b,2");
    millrace.jdbi.useHandle(
        handle ->
            handle.execute("UPDATE supplier_items SET name = 'mine' WHERE supplier_sku = 'A'"));

    JsonNode scheduled = run(job().triggeredBy(Trigger.PARENT));
    assertThat(scheduled.path("message").asText()).isEqualTo("2 items, the sheet has not changed");
    assertThat(millrace.text("SELECT name FROM supplier_items WHERE supplier_sku = 'A'"))
        .isEqualTo("mine");

    assertThat(counts(run(job())))
        .as("a sync of the supplier alone reads it")
        .contains("changed 1");
    millrace.jdbi.useHandle(handle -> handle.execute("UPDATE suppliers SET currency = 'EUR'"));
    assertThat(counts(run(job().triggeredBy(Trigger.PARENT)))).contains("changed 2");
  }

  @Test
  void a_dry_run_says_what_would_change_and_writes_nothing() {
    worker();
    sync("A,a,1", "B,b,2", "C,c,3");
    write("A,a,1.50", "B,b,2", "D,d,4");
    String before = everything();

    JsonNode result =
        run(NewJob.of(SyncSupplier.KIND, new SyncSupplier.Payload(supplier, true, false)));

    assertThat(counts(result))
        .isEqualTo("items 3, inserted 1, changed 1, vanished 1, unchanged 1, rejected 0");
    assertThat(result.path("differences").findValuesAsText("change"))
        .containsExactly("changed", "inserted", "vanished");
    assertThat(result.at("/differences/0/before/price").decimalValue()).isEqualByComparingTo("1");
    assertThat(result.at("/differences/0/after/price").decimalValue()).isEqualByComparingTo("1.50");
    assertThat(everything()).isEqualTo(before);
    assertThat(tables()).isZero();
  }

  @Test
  void a_loss_that_an_admin_accepts_is_applied() {
    worker();
    sync("A,a,1", "B,b,2", "C,c,3", "D,d,4");
    assertThat(sync("A,a,1").path("outcome").asText()).isEqualTo("ITEMS_MISSING");

    JsonNode result =
        run(NewJob.of(SyncSupplier.KIND, new SyncSupplier.Payload(supplier, false, true)));

    assertThat(counts(result)).contains("vanished 3");
    assertThat(present()).isEqualTo("A");
  }

  @Test
  void a_later_attempt_goes_on_behind_the_batches_that_are_loaded() {
    String[] rows = rows(StagedRows.BATCH * 3);
    write(rows);
    long job = afterLoss(2, () -> {});

    assertThat(counts(result(job))).contains("inserted " + rows.length);
    await()
        .untilAsserted(
            () ->
                assertThat(logged(job))
                    .contains(
                        "goes on behind row %d, which an earlier attempt has loaded"
                            .formatted(StagedRows.BATCH * 2 + 1)));
    assertThat(tables()).isZero();
  }

  @Test
  void a_later_attempt_begins_again_when_the_sheet_has_changed() {
    write(rows(StagedRows.BATCH * 3));
    long job = afterLoss(2, () -> write("A,a,1", "B,b,2"));

    assertThat(counts(result(job)))
        .isEqualTo("items 2, inserted 2, changed 0, vanished 0, unchanged 0, rejected 0");
    assertThat(present()).isEqualTo("A,B");
    assertThat(tables()).isZero();
  }

  @Test
  void an_attempt_after_the_switch_repeats_nothing() {
    write("A,a,1", "B,b,2");
    long job = afterLoss(1, () -> write("C,c,3"));

    assertThat(counts(result(job))).contains("items 2, inserted 2");
    assertThat(present()).isEqualTo("A,B");
    assertThat(millrace.count("SELECT count(*) FROM parsing_logs")).isOne();
  }

  @Test
  void what_a_cancelled_job_has_loaded_is_dropped_by_the_next_sync() {
    write(rows(StagedRows.BATCH * 2));
    millrace.worker(1, failing(1, () -> {}));
    long lost = millrace.client.enqueue(job().withMaxAttempts(1)).jobId();
    await().until(() -> millrace.state(lost).equals("failed"));
    assertThat(tables()).isOne();

    worker();
    run(job());
    assertThat(tables()).isZero();
  }

  /** Runs a job whose first attempt ends behind so many transactions, as its process would. */
  private long afterLoss(int transactions, Runnable then) {
    millrace.worker(1, failing(transactions, then));
    long job = millrace.client.enqueue(job()).jobId();
    await().until(() -> millrace.state(job).equals("completed"));
    return job;
  }

  private JobHandler<SyncSupplier.Payload> failing(int transactions, Runnable then) {
    SyncSupplier real = new SyncSupplier(millrace.jdbi, settings);
    return new JobHandler<>() {
      @Override
      public JobKind<SyncSupplier.Payload> kind() {
        return SyncSupplier.KIND;
      }

      @Override
      public Outcome run(SyncSupplier.Payload payload, JobContext context) {
        if (context.attempt() > 1) {
          return real.run(payload, context);
        }
        try {
          return real.run(payload, endingBehind(transactions, context));
        } finally {
          then.run();
        }
      }
    };
  }

  /** Throws behind the commit of the last of so many transactions, the first being the removal. */
  private static JobContext endingBehind(int transactions, JobContext context) {
    AtomicInteger left = new AtomicInteger(transactions + 1);
    return (JobContext)
        Proxy.newProxyInstance(
            JobContext.class.getClassLoader(),
            new Class<?>[] {JobContext.class},
            (proxy, method, arguments) -> {
              try {
                Object answer = method.invoke(context, arguments);
                if (method.getName().equals("inTransaction") && left.decrementAndGet() == 0) {
                  throw new IllegalStateException("the process of this attempt is gone");
                }
                return answer;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private static JobHandler<SyncSupplier.Payload> renamed(
      JobKind<SyncSupplier.Payload> kind, SyncSupplier handler) {
    return new JobHandler<>() {
      @Override
      public JobKind<SyncSupplier.Payload> kind() {
        return kind;
      }

      @Override
      public Outcome run(SyncSupplier.Payload payload, JobContext context) {
        return handler.run(payload, context);
      }
    };
  }

  private static String[] rows(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "S-%d,part %d,%d.25".formatted(i, i, i % 900))
        .toArray(String[]::new);
  }

  private JsonNode sync(String... rows) {
    write(rows);
    return run(job());
  }

  private NewJob job() {
    return NewJob.of(SyncSupplier.KIND, SyncSupplier.Payload.of(supplier));
  }

  private JsonNode run(NewJob job) {
    long id = millrace.client.enqueue(job).jobId();
    await().until(() -> List.of("completed", "failed").contains(millrace.state(id)));
    return result(id);
  }

  private JsonNode result(long job) {
    return Json.tree(
        millrace.text("SELECT coalesce(result::text, error) FROM millrace.jobs WHERE id = ?", job));
  }

  private void write(String... rows) {
    try {
      Files.writeString(
          sheet,
          List.of(rows).stream().collect(Collectors.joining("\n", "SKU,Name,Price\n", "\n")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String counts(JsonNode result) {
    return List.of("items", "inserted", "changed", "vanished", "unchanged", "rejected").stream()
        .map(name -> name + " " + result.path(name).asText())
        .collect(Collectors.joining(", "));
  }

  private String present() {
    return millrace.text(
        "SELECT string_agg(supplier_sku, ',' ORDER BY supplier_sku COLLATE \"C\") FROM supplier_items WHERE vanished_at IS NULL");
  }

  private String logged(long job) {
    return millrace.text(
        "SELECT coalesce(string_agg(message, '; '), '') FROM millrace.job_logs WHERE job_id = ?",
        job);
  }

  /** How many staging tables there are. */
  private long tables() {
    return millrace.count(
        "SELECT count(*) FROM pg_class WHERE relname LIKE 'sync\\_staging\\_%' AND relkind = 'r'");
  }

  private String everything() {
    return millrace.text(
        "SELECT (SELECT string_agg(i::text || i.xmin, ',') FROM supplier_items i) || (SELECT string_agg(s::text || s.xmin, ',') FROM suppliers s)"
            + " || (SELECT count(*) FROM parsing_logs) || (SELECT string_agg(v::text, ',') FROM millrace.sync_sheets v)");
  }
}
