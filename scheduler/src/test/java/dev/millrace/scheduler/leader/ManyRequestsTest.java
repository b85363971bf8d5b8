package dev.millrace.scheduler.leader;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.testing.RowsRead;
import dev.millrace.testing.TestServices;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A view that is asked for again and again costs a look no more than one that was asked for. */
class ManyRequestsTest {
  private static final String COUNT = "SELECT count(*) FROM millrace.mv_requests";

  private final DatabaseUrl url = TestServices.freshDatabase();
  private final Database database = Database.openOwn(url, "test", 1);
  private final Database strangers = Database.open(url, "stranger", 3, Limits.LONG);
  private final Jdbi jdbi = strangers.jdbi();
  private final Redis redis = Redis.open(TestServices.freshRedis(), 4);

  @BeforeEach
  void register() {
    execute(
        "CREATE MATERIALIZED VIEW public.busy AS SELECT 1 AS one",
        "CREATE MATERIALIZED VIEW public.quiet AS SELECT 1 AS one",
        "INSERT INTO millrace.mv_views (view_name, enabled) VALUES ('busy', false), ('quiet', false)",
        "SELECT millrace.resolve_views(true)",
        "INSERT INTO millrace.mv_requests (view_name) VALUES ('quiet')");
  }

  @AfterEach
  void close() {
    redis.close();
    strangers.close();
    database.close();
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  private long number(String query) {
    return jdbi.withHandle(handle -> handle.select(query).mapTo(Long.class).one());
  }

  /** Some seconds before now, in no order, every third asks for a refresh at once. */
  private void ask(int times) {
    execute(
        "INSERT INTO millrace.mv_requests (view_name, refresh_requested_at, at_once)"
            + " SELECT 'busy', now() - (n * 7919 % "
            + times
            + ") * interval '1 ms', n % 3 = 0 FROM generate_series(1, "
            + times
            + ") n");
  }

  private List<Map<String, Object>> moments() {
    return jdbi.withHandle(
        handle ->
            handle
                .select(
                    "SELECT view_name, min(refresh_requested_at) AS first, max(refresh_requested_at) AS last,"
                        + " min(refresh_requested_at) FILTER (WHERE at_once) AS at_once"
                        + " FROM millrace.mv_requests GROUP BY 1 ORDER BY 1")
                .mapToMap()
                .list());
  }

  @Test
  void merged_requests_ask_for_the_refresh_at_the_same_moments() {
    ask(1_000);
    List<Map<String, Object>> before = moments();
    assertThat(number(MvDebouncer.MERGE)).isBetween(997L, 998L);
    assertThat(moments()).isEqualTo(before);
    assertThat(number(MvDebouncer.MERGE)).isZero();
  }

  @Test
  void a_request_that_another_session_holds_is_not_counted_on() {
    ask(1_000);
    String newest =
        "SELECT ctid FROM millrace.mv_requests WHERE view_name = 'busy'"
            + " ORDER BY refresh_requested_at DESC LIMIT 10";
    try (Handle refresh = jdbi.open()) {
      refresh.begin();
      refresh.execute(
          "SELECT FROM millrace.mv_requests WHERE ctid = ANY (ARRAY(" + newest + ")) FOR UPDATE");
      assertThat(number(MvDebouncer.MERGE)).isBetween(987L, 988L);
      refresh.execute("DELETE FROM millrace.mv_requests WHERE ctid = ANY (ARRAY(" + newest + "))");
      refresh.commit();
    }
    assertThat(
            number(
                COUNT
                    + " WHERE view_name = 'busy' AND refresh_requested_at > now() - interval '1 hour'"))
        .as("first and last of those that were free, perhaps a first at once")
        .isBetween(2L, 3L);
  }

  @Test
  void a_step_after_a_hundred_thousand_requests_reads_a_few_rows() {
    MvDebouncer debouncer =
        new MvDebouncer(database.jdbi(), new QueueClient(database, redis, new ReadyJobs(redis)), 3);
    debouncer.run();
    ask(100_000);
    for (int i = 0; i < 6; i++) { // each merges a bounded number
      debouncer.run();
    }
    assertThat(number(COUNT)).isLessThan(30);
    execute("VACUUM ANALYZE millrace.mv_requests");
    long read = new RowsRead(database).of("millrace.mv_requests", debouncer::run);
    assertThat(read).isLessThan(200);
  }
}
