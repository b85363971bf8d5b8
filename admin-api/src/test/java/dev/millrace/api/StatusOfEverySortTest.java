package dev.millrace.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.JobOptions;
import dev.millrace.job.JobState;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** One job of each sort in each state it can have, all at once, and every answer about them. */
class StatusOfEverySortTest {
  private static final Duration LATER = Duration.ofHours(1);

  /** The number of the job that is scheduled. */
  private static final int DELAYED = 7;

  private final ApiFixture api = new ApiFixture();

  @AfterEach
  void close() {
    api.close();
  }

  /** By kind, the job of a number, which makes its unique key another one. */
  private static Map<String, IntFunction<NewJob>> sorts() {
    Map<String, IntFunction<NewJob>> sorts = new LinkedHashMap<>();
    sorts.put("test.plain", n -> NewJob.of("test.plain", "{}"));
    sorts.put("test.late", n -> NewJob.of("test.late", "{}").withPriority(-100).withMaxAttempts(1));
    sorts.put("test.unique", n -> NewJob.of("test.unique", "{}").withUniqueKey("u" + n));
    sorts.put("test.locked", n -> NewJob.of("test.locked", "{}").withLockKey("the lock"));
    sorts.put(
        "test.skipped",
        n ->
            NewJob.of("test.skipped", "{}")
                .withLockKey("s" + n)
                .with(JobOptions.NONE.skippingWhenBusy()));
    sorts.put(
        "test.limited",
        n ->
            NewJob.of("test.limited", "{}")
                .with(JobOptions.NONE.limitedTo(new JobOptions.Limit("l", 3))));
    sorts.put(
        "test.throttled",
        n ->
            NewJob.of("test.throttled", "{}")
                .withUniqueKey("t" + n)
                .with(JobOptions.NONE.throttled(LATER)));
    sorts.put(
        "test.debounced",
        n ->
            NewJob.of("test.debounced", "{}")
                .withUniqueKey("d" + n)
                .with(
                    JobOptions.NONE.debounced(
                        new JobOptions.Debounce(
                            LATER, LATER, JobOptions.Merge.UNION, n != DELAYED))));
    sorts.put(
        "test.called",
        n ->
            NewJob.of("test.called", "{}")
                .with(JobOptions.NONE.followedBy(NewJob.of("test.back", "{}").after(LATER))));
    sorts.put(
        "test.hurried",
        n ->
            NewJob.of("test.hurried", "{}")
                .with(JobOptions.NONE.startDeadline(Instant.now().plus(LATER.multipliedBy(2)))));
    sorts.put(
        "sync.master",
        n ->
            NewJob.of("sync.master", "{}")
                .forBackgroundWorker("master_sync")
                .triggeredBy(Trigger.SCHEDULE));
    sorts.put("sync.supplier", n -> NewJob.of("sync.supplier", "{\"supplier_id\":\"x\"}"));
    sorts.put("mv.refresh", n -> NewJob.of("mv.refresh", "{\"views\":[\"public.v" + n + "\"]}"));
    sorts.put("stats.update", n -> NewJob.of("stats.update", "{\"group\":\"stats\"}"));
    return sorts;
  }

  /** One job for each state; each is the only one of its kind that is queued when it is claimed. */
  private void oneInEachState(String kind, IntFunction<NewJob> sort) {
    if (!kind.startsWith("sync")) {
      api.kindIsKnown(kind, "[]");
    }
    api.client.enqueue(sort.apply(1));
    assertThat(api.complete(api.claim(kind))).isTrue();
    api.client.enqueue(sort.apply(2));
    assertThat(api.fail(api.claim(kind), "broken")).isTrue();
    long cancelled = api.client.enqueue(sort.apply(3)).jobId();
    assertThat(api.post("/api/admin/jobs/" + cancelled + "/cancel", null).status()).isEqualTo(200);
    api.client.enqueue(sort.apply(4));
    NewJob child = NewJob.of("test.child", "{}").after(LATER);
    assertThat(api.results.waiting(api.claim(kind), List.of(child, child), "{}")).isTrue();
    api.client.enqueue(sort.apply(5));
    assertThat(api.claim(kind).kind()).isEqualTo(kind);
    api.client.enqueue(sort.apply(6));
    api.client.enqueue(sort.apply(DELAYED).after(LATER));
  }

  @Test
  void every_sort_of_job_is_counted_and_shown_in_every_state() {
    sorts().forEach(this::oneInEachState);
    assertThat(texts("DISTINCT kind || ' ' || state", "kind NOT IN ('test.child', 'test.back')"))
        .containsExactlyInAnyOrderElementsOf(
            sorts().keySet().stream()
                .flatMap(kind -> Arrays.stream(JobState.values()).map(s -> kind + " " + text(s)))
                .toList());

    JsonNode status =
        await()
            .atMost(Duration.ofSeconds(20))
            .until(
                () -> api.get("/api/admin/status").json(),
                seen -> seen.at("/jobs/counts").toString().equals(counted()));

    assertThat(status.path("degraded")).isEmpty();
    assertThat(status.path("running_jobs").findValuesAsText("id"))
        .containsExactlyInAnyOrderElementsOf(ids("state IN ('processing', 'waiting')"));
    for (JsonNode job : status.path("running_jobs")) {
      for (String field :
          List.of("kind", "queue", "state", "attempt", "max_attempts", "trigger", "started_at")) {
        assertThat(job.path(field).isValueNode() && !job.path(field).isNull())
            .as("%s of %s", field, job)
            .isTrue();
      }
      boolean processing = job.path("state").asText().equals("processing");
      assertThat(job.path("worker_id").isTextual()).as(job.toString()).isEqualTo(processing);
      assertThat(job.at("/progress/total").asLong())
          .as(job.toString())
          .isEqualTo(processing ? 0 : 2);
    }
    assertThat(api.get("/api/admin/ingestion/status").status()).isEqualTo(200);
    assertThat(api.get("/api/admin/workers").status()).isEqualTo(200);
    assertThat(api.get("/api/admin/materialized-views").status()).isEqualTo(200);
    for (JobState state : JobState.values()) {
      assertThat(
              api.get("/api/admin/jobs?limit=200&state=" + text(state))
                  .json()
                  .findValuesAsText("id"))
          .as(text(state))
          .containsAll(ids("state = '" + text(state) + "'"));
    }
    ids("true")
        .forEach(id -> assertThat(api.get("/api/admin/jobs/" + id).status()).as(id).isEqualTo(200));
  }

  private static String text(JobState state) {
    return state.name().toLowerCase(Locale.ROOT);
  }

  private List<String> ids(String condition) {
    return texts("id::text", condition);
  }

  private List<String> texts(String column, String condition) {
    return api.jdbi.withHandle(
        handle ->
            handle
                .select("SELECT " + column + " FROM millrace.jobs WHERE " + condition)
                .mapTo(String.class)
                .list());
  }

  /** As Postgres counts them, in the order of the status. */
  private String counted() {
    Map<String, Long> counts =
        api.jdbi.withHandle(
            handle ->
                handle
                    .select("SELECT state, count(*) AS n FROM millrace.jobs GROUP BY state")
                    .reduceRows(
                        new LinkedHashMap<String, Long>(),
                        (map, row) -> {
                          map.put(
                              row.getColumn("state", String.class), row.getColumn("n", Long.class));
                          return map;
                        }));
    return Arrays.stream(JobState.values())
        .map(state -> "\"" + text(state) + "\":" + counts.get(text(state)))
        .collect(Collectors.joining(",", "{", "}"));
  }
}
