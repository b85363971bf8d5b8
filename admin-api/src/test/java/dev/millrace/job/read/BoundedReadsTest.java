package dev.millrace.job.read;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.job.JobState;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.redis.Redis;
import dev.millrace.status.Status;
import dev.millrace.status.StatusReader;
import dev.millrace.sync.SupplierStatus;
import dev.millrace.testing.RowsRead;
import dev.millrace.testing.TestServices;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What a list or a look reads does not grow with the table: counted in rows, not in seconds. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BoundedReadsTest {
  private static final String JOBS = "millrace.jobs";
  private static final int OTHERS = 150_000;
  private static final int CHILDREN = 40_000;

  /** A page: the rows looked at, and where they end. */
  private static final long MAX_ROWS = 2L * Jobs.SCAN_LIMIT + 1_000;

  private final DatabaseUrl url = TestServices.freshDatabase();
  private final Database database = Database.open(url, "test", 1);
  private final Jdbi jdbi = database.jdbi();
  private final RowsRead rows = new RowsRead(database);
  private final Jobs jobs = new Jobs(jdbi);

  /** Few of everything, older than all others; a parent with its children is the newest. */
  @BeforeAll
  void table() {
    sql(
        "INSERT INTO millrace.jobs (id, kind, queue, state, worker_id, fence, started_at, finished_at, background_worker)"
            + " SELECT i, CASE WHEN i <= 20 THEN 'test.rare' ELSE 'test.noop' END,"
            + " CASE WHEN i BETWEEN 11 AND 30 THEN 'rare' ELSE 'default' END,"
            + " s.state, 'w', 1, now(), CASE WHEN s.state IN ('completed', 'failed', 'cancelled') THEN now() END,"
            + " CASE WHEN i > 30 AND i <= 60000 THEN 'busy' END"
            + " FROM generate_series(1, ?) i"
            + " CROSS JOIN LATERAL (SELECT CASE WHEN i > 30 THEN 'completed'"
            + "  ELSE (ARRAY['queued', 'scheduled', 'processing', 'completed', 'failed', 'cancelled'])[i % 6 + 1] END) s (state)",
        OTHERS);
    sql(
        "INSERT INTO millrace.jobs (id, kind, state, children_left, children_total) VALUES (200001, 'test.noop', 'waiting', 1, ?)",
        CHILDREN);
    sql(
        "INSERT INTO millrace.jobs (id, kind, state, finished_at, parent_id)"
            + " SELECT 200001 + i, 'test.noop', CASE WHEN i = 1 THEN 'queued' ELSE 'completed' END,"
            + " CASE WHEN i > 1 THEN now() END, 200001 FROM generate_series(1, ?) i",
        CHILDREN);
    sql("UPDATE millrace.jobs SET background_worker = 'busy', state = 'failed' WHERE id = 31");
    sql("VACUUM ANALYZE millrace.jobs");
  }

  @AfterAll
  void close() {
    database.close();
  }

  private void sql(String sql, Object... args) {
    jdbi.useHandle(handle -> handle.execute(sql, args));
  }

  private static JobFilter filter(String state, String kind, String queue) {
    return new JobFilter(
        Optional.of(state).filter(text -> !text.isEmpty()).map(JobState::of),
        Optional.of(kind).filter(text -> !text.isEmpty()),
        Optional.of(queue).filter(text -> !text.isEmpty()));
  }

  /** All ids that a filter finds, and no page of which read more than it may. */
  private List<Long> all(JobFilter filter) {
    List<Long> found = new ArrayList<>();
    List<Page<Job>> page = new ArrayList<>();
    OptionalLong before = OptionalLong.empty();
    do {
      OptionalLong below = before;
      page.clear();
      long read = rows.of(JOBS, () -> page.add(jobs.list(filter, below, 7)));
      assertThat(read).as("rows read for %s below %s", filter, below).isLessThan(MAX_ROWS);
      page.get(0).entries().forEach(job -> found.add(job.id()));
      before = page.get(0).next();
    } while (before.isPresent());
    return found;
  }

  private List<Long> expected(String condition) {
    return jdbi.withHandle(
        handle ->
            handle
                .select("SELECT id FROM millrace.jobs WHERE " + condition + " ORDER BY id DESC")
                .mapTo(Long.class)
                .list());
  }

  @Test
  void a_list_reads_so_many_rows_whatever_it_is_filtered_by_and_finds_all() {
    for (String state : List.of("queued", "scheduled", "processing", "failed", "cancelled")) {
      assertThat(all(filter(state, "", "")))
          .containsExactlyElementsOf(expected("state = '" + state + "'"));
      assertThat(all(filter(state, "test.rare", "")))
          .containsExactlyElementsOf(expected("kind = 'test.rare' AND state = '" + state + "'"));
      assertThat(all(filter(state, "", "rare")))
          .containsExactlyElementsOf(expected("queue = 'rare' AND state = '" + state + "'"));
    }
    assertThat(all(filter("", "test.rare", ""))).containsExactlyElementsOf(expected("id <= 20"));
    assertThat(all(filter("", "", "rare"))).containsExactlyElementsOf(expected("queue = 'rare'"));
    assertThat(all(filter("completed", "test.rare", "rare")))
        .containsExactlyElementsOf(
            expected("kind = 'test.rare' AND queue = 'rare' AND state = 'completed'"));
    assertThat(all(filter("waiting", "", ""))).containsExactly(200_001L);
  }

  @Test
  void a_job_that_has_not_ended_is_on_the_first_page_however_old_it_is() {
    for (String state : List.of("queued", "scheduled", "processing")) {
      Page<Job> page = jobs.list(filter(state, "test.rare", ""), OptionalLong.empty(), 50);
      assertThat(page.entries()).as(state).isNotEmpty();
      assertThat(page.next()).as(state).isEmpty();
    }
  }

  @Test
  void a_page_that_is_full_goes_on_after_its_last_job() {
    Page<Job> page = jobs.list(filter("", "", ""), OptionalLong.empty(), 50);
    assertThat(page.entries()).hasSize(50);
    assertThat(page.next()).hasValue(page.entries().get(49).id());
    assertThat(rows.of(JOBS, () -> jobs.list(filter("", "", ""), page.next(), 50))).isLessThan(100);
  }

  @Test
  void the_runs_of_a_worker_in_one_state_are_found_in_pages_of_bounded_cost() {
    WorkerRuns runs = new WorkerRuns(jdbi);
    List<Long> found = new ArrayList<>();
    List<Page<WorkerRun>> page = new ArrayList<>();
    OptionalLong before = OptionalLong.empty();
    do {
      OptionalLong below = before;
      page.clear();
      long read =
          rows.of(JOBS, () -> page.add(runs.list("busy", Optional.of(JobState.FAILED), below, 7)));
      assertThat(read).isLessThan(MAX_ROWS);
      page.get(0).entries().forEach(run -> found.add(run.id()));
      before = page.get(0).next();
    } while (before.isPresent());
    assertThat(found).containsExactly(31L);
  }

  @Test
  void of_a_large_family_some_children_are_counted() {
    List<JobDetail> detail = new ArrayList<>();
    assertThat(rows.of(JOBS, () -> detail.add(jobs.detail(200_001).orElseThrow())))
        .isLessThan(JobDetail.MOST_CHILDREN + 100);
    assertThat(detail.get(0).children().values().stream().mapToLong(n -> n).sum())
        .isEqualTo(JobDetail.MOST_CHILDREN);
  }

  private static List<SupplierStatus> suppliers(Status status) {
    return Objects.requireNonNull(status.ingestion(), "ingestion").suppliers();
  }

  @Test
  void a_status_snapshot_counts_neither_children_nor_items_again() {
    sql(
        "INSERT INTO suppliers (id, code, name, sheet_url, last_sync_at)"
            + " SELECT gen_random_uuid(), 's' || i, 's' || i, 'x', now() FROM generate_series(1, 60) i");
    sql(
        "INSERT INTO supplier_items (supplier_id, supplier_sku, name, current_price, source_row, job_id)"
            + " SELECT s.id, i::text, 'x', 1, i, 1 FROM suppliers s CROSS JOIN generate_series(1, 5000) i");
    sql("VACUUM ANALYZE public.supplier_items");
    try (Redis redis = Redis.open(TestServices.freshRedis(), 4)) {
      StatusReader reader = new StatusReader(jdbi, redis, new ProgressBoard(redis));
      List<Status> looks = new ArrayList<>();
      long read = rows.of(JOBS, () -> looks.add(reader.read()));
      assertThat(read).isLessThan(3 * 10_001 + 1_000);
      Status.RunningJob parent =
          looks.get(0).running().stream()
              .filter(job -> job.id() == 200_001)
              .findFirst()
              .orElseThrow();
      assertThat(parent.progress())
          .satisfies(
              progress -> {
                assertThat(progress.total()).isEqualTo(CHILDREN);
                assertThat(progress.current()).isEqualTo(CHILDREN - 1);
              });
      assertThat(suppliers(looks.get(0)))
          .as("counted in the first look")
          .filteredOn(supplier -> supplier.itemsCount() != null)
          .hasSize(40);
      assertThat(rows.of("public.supplier_items", () -> looks.add(reader.read())))
          .isLessThan(20 * 5_000 + 1_000);
      assertThat(suppliers(looks.get(1)))
          .allSatisfy(supplier -> assertThat(supplier.itemsCount()).isEqualTo(5_000));
      assertThat(rows.of("public.supplier_items", reader::read)).isZero();
      sql("UPDATE suppliers SET last_sync_at = now() WHERE code = 's7'");
      assertThat(rows.of("public.supplier_items", reader::read))
          .as("only one has moved")
          .isBetween(5_000L, 5_100L);
    }
  }
}
