package dev.millrace.stats.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.millrace.job.NewJob;
import dev.millrace.job.Trigger;
import dev.millrace.stats.Flag;
import dev.millrace.stats.StatsJobs;
import dev.millrace.worker.WorkerFixture;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class StatsFunctionsTest {
  private final StatsFixture stats = new StatsFixture().working();

  @BeforeEach
  void clean() {
    stats.empty();
  }

  @AfterAll
  void close() {
    stats.close();
  }

  private static JsonNode of(JsonNode result, String function) {
    return StreamSupport.stream(result.path("functions").spliterator(), false)
        .filter(one -> one.path("function").asText().equals(function))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void ten_functions_take_little_longer_than_the_slowest() {
    for (int i = 0; i < 10; i++) {
      stats.function("slow_" + i, "PERFORM pg_sleep(3);");
    }
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("completed");
    long wall =
        stats.millrace.count(
            "SELECT (extract(epoch FROM finished_at - started_at) * 1000)::bigint FROM millrace.jobs WHERE id = ?",
            job);
    long slowest = stats.millrace.count("SELECT max(duration_ms) FROM millrace.stats_runs");
    assertThat(wall).isLessThanOrEqualTo(slowest * 13 / 10);
  }

  @Test
  void a_failing_function_stops_no_other_and_is_named() {
    stats.function("good", "");
    stats.function("bad", "PERFORM 1 / 0;");
    stats.function("other", "");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.error(job))
        .startsWith("1 of 3 stats functions failed: bad (ERROR: division by zero");
    JsonNode result = stats.result(job);
    assertThat(result.path("completed").asInt()).isEqualTo(2);
    assertThat(of(result, "good").path("status").asText()).isEqualTo("completed");
    assertThat(of(result, "good").path("rows").asLong()).isEqualTo(1);
    assertThat(of(result, "bad").path("status").asText()).isEqualTo("failed");
    assertThat(of(result, "bad").path("error").asText()).contains("division by zero");
    assertThat(stats.runs("good")).isEqualTo(1);
    assertThat(stats.runs("bad")).as("rolled back").isZero();
  }

  @Test
  void a_retry_runs_only_what_failed() {
    stats.function("good", "");
    stats.function("bad", "PERFORM 1 / 0;");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    stats.define("bad", "");
    assertThat(stats.jobs.retry(job, false)).isTrue();
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(stats.runs("good")).isEqualTo(1);
    assertThat(stats.runs("bad")).isEqualTo(1);
    assertThat(of(stats.result(job), "good").path("attempt").asInt()).isEqualTo(1);
    assertThat(of(stats.result(job), "bad").path("attempt").asInt()).isEqualTo(2);
  }

  @Test
  void a_retry_of_everything_runs_everything() {
    stats.function("good", "");
    stats.function("bad", "PERFORM 1 / 0;");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.jobs.retry(job, true)).isTrue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.runs("good")).isEqualTo(2);
    assertThat(stats.jobs.retry(0, true)).as("no such job").isFalse();
  }

  @Test
  void tolerated_failures_complete_the_job() {
    stats.function("good", "");
    stats.function("bad", "PERFORM 1 / 0;");
    stats.execute("UPDATE millrace.stats_groups SET tolerate = 1");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(stats.result(job).path("failed").asInt()).isEqualTo(1);
  }

  @Test
  void a_hanging_function_times_out_and_is_named() {
    stats.function("good", "");
    stats.function("hangs", "PERFORM pg_sleep(600);");
    stats.execute(
        "SELECT millrace.register_stats_function('hangs', time_limit => interval '200 milliseconds')");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.error(job))
        .isEqualTo("1 of 2 stats functions failed: hangs (timed out after 200 ms)");
    assertThat(of(stats.result(job), "hangs").path("status").asText()).isEqualTo("timed_out");
    assertThat(stats.runs("good")).isEqualTo(1);
  }

  @Test
  void a_missing_function_is_named() {
    stats.function("good", "");
    stats.function("gone", "");
    stats.execute("DROP FUNCTION public.gone()");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.error(job)).contains("there is no function gone() without arguments");
    assertThat(stats.runs("good")).isEqualTo(1);
  }

  @Test
  void a_transient_failure_is_retried() {
    stats.execute(
        "CREATE SEQUENCE IF NOT EXISTS public.tries", "ALTER SEQUENCE public.tries RESTART");
    stats.function("good", "");
    stats.function(
        "unlucky",
        "IF nextval('public.tries') = 1 THEN RAISE EXCEPTION 'unlucky' USING ERRCODE = '40001'; END IF;");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("completed");
    assertThat(stats.runs("good")).isEqualTo(1);
    assertThat(of(stats.result(job), "unlucky").path("attempt").asInt()).isEqualTo(2);
  }

  @Test
  void a_disabled_function_is_left_out_and_a_group_without_any_is_refused() {
    stats.function("good", "");
    stats.function("off", "");
    stats.execute("SELECT millrace.register_stats_function('public.off()', enabled => false)");
    assertThat(stats.run()).isEqualTo("completed");
    assertThat(stats.runs("off")).isZero();
    stats.execute("SELECT millrace.unregister_stats_function('good')");
    long job = stats.enqueue();
    assertThat(stats.end(job)).isEqualTo("failed");
    assertThat(stats.error(job)).contains("stats group 'stats' has no enabled function");
  }

  @Test
  void a_cancelled_job_stops_its_functions() {
    stats.function("hangs", "PERFORM pg_sleep(600);");
    long job = stats.enqueue();
    WorkerFixture.await()
        .until(
            () ->
                stats.millrace.count(
                        "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'SELECT public.hangs()%' AND state = 'active'")
                    == 1);
    stats.execute(
        "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE id = " + job);
    assertThat(stats.end(job)).isEqualTo("cancelled");
    assertThat(stats.runs("hangs")).isZero();
  }

  @Test
  void two_jobs_of_a_group_never_run_together() {
    stats.function("slow", "PERFORM pg_sleep(0.3);");
    long one = stats.enqueue();
    long two = stats.enqueue();
    assertThat(stats.end(one)).isEqualTo("completed");
    assertThat(stats.end(two)).isEqualTo("completed");
    assertThat(
            stats.millrace.count(
                "SELECT count(*) FROM millrace.jobs a JOIN millrace.jobs b ON a.id < b.id AND b.kind = a.kind"
                    + " WHERE a.kind = 'stats.update' AND b.started_at < a.finished_at AND a.started_at < b.finished_at"))
        .isZero();
  }

  @Test
  void a_scheduled_job_obeys_its_flag() {
    stats.function("good", "");
    stats.flags.set(Flag.USE_BG_JOBS_CRON, false, "rolled back", "admin");
    try {
      long job =
          stats
              .millrace
              .client
              .enqueue(
                  NewJob.of(StatsJobs.KIND, "{\"triggered_by\": \"cron\"}")
                      .triggeredBy(Trigger.SCHEDULE))
              .jobId();
      assertThat(stats.end(job)).isEqualTo("completed");
      assertThat(stats.result(job).path("handed_over").asText()).isEqualTo("USE_BG_JOBS_CRON");
      assertThat(stats.runs("good")).isZero();
      assertThat(stats.legacy.calls()).hasSize(1);
      assertThat(stats.legacy.calls().get(0).body()).contains("\"triggeredBy\":\"cron\"");
    } finally {
      stats.flags.clear(Flag.USE_BG_JOBS_CRON);
    }
  }
}
