package dev.millrace.worker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.millrace.db.HandlerPool;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.mv.job.MvHandlers;
import dev.millrace.stats.Flags;
import dev.millrace.stats.StatsSettings;
import dev.millrace.stats.job.StatsHandlers;
import dev.millrace.testing.SessionStates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Users' code changes all it can in its session; the next user of the only connection checks that
 * nothing is left.
 */
class LeftBehindTest {
  private final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(15));
  private final HandlerPool pool = millrace.database.handlerPool(1);

  @BeforeEach
  void prepare() {
    millrace.jdbi.useHandle(
        handle -> {
          SessionStates.prepare(handle);
          handle.execute("CREATE TABLE public.left_by (state text)");
          handle.execute(function());
        });
  }

  @AfterEach
  void close() {
    millrace.close();
    pool.close();
  }

  /** Changes what it may: in a refresh, Postgres refuses some. What it changed is recorded. */
  private static String function() {
    StringBuilder body =
        new StringBuilder(
            "CREATE FUNCTION public.leaves() RETURNS integer LANGUAGE plpgsql AS $f$\nBEGIN\n");
    for (SessionStates.State state : SessionStates.ALL) {
      boolean last =
          state.name().equals("a role")
              || state.name().equals("another user")
              || state.name().equals("read only");
      if (!last) {
        body.append("  BEGIN\n    EXECUTE $s$")
            .append(state.leave())
            .append("$s$;\n")
            .append("  EXCEPTION WHEN OTHERS THEN RAISE NOTICE '%', SQLERRM;\n  END;\n");
      }
    }
    return body.append("  RETURN 1;\nEND $f$").toString();
  }

  @Test
  void session_state_of_a_stats_function_is_reset() {
    millrace.jdbi.useHandle(
        handle -> {
          handle.execute("DELETE FROM millrace.stats_functions");
          handle.execute("SELECT millrace.register_stats_function('public.leaves')");
        });
    StatsSettings settings =
        new StatsSettings(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Flags.allOn(),
            1,
            Duration.ofSeconds(1));
    millrace.worker(
        pool.jdbi(), 1, StatsHandlers.all(millrace.jdbi, settings).toArray(JobHandler<?>[]::new));
    await(
        millrace.jdbi.withHandle(
            handle ->
                handle
                    .createQuery("SELECT job_id FROM millrace.enqueue_stats('admin')")
                    .mapTo(Long.class)
                    .one()),
        "completed");
    nothingIsSeen();
  }

  @Test
  void session_state_of_a_refresh_function_is_reset() {
    millrace.jdbi.useHandle(
        handle -> handle.execute("SELECT millrace.register_view('public.leaves')"));
    refresh("public.leaves");
    nothingIsSeen();
  }

  @Test
  void session_state_of_a_function_in_a_view_is_reset() {
    millrace.jdbi.useHandle(
        handle -> {
          handle.execute(
              "CREATE MATERIALIZED VIEW public.mv_leaves AS SELECT public.leaves() AS n");
          handle.execute("SELECT millrace.register_view('public.mv_leaves')");
        });
    refresh("public.mv_leaves");
    nothingIsSeen();
  }

  @Test
  void session_state_of_a_trigger_is_reset() {
    millrace.jdbi.useHandle(
        handle -> {
          handle.execute("CREATE TABLE public.orders (n integer)");
          handle.execute(
              "CREATE FUNCTION public.on_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM public.leaves(); RETURN NULL; END $$");
          handle.execute(
              "CREATE TRIGGER t AFTER INSERT ON public.orders FOR EACH ROW EXECUTE FUNCTION public.on_order()");
        });
    run(
        "completed",
        context ->
            context.inTransaction(
                handle -> handle.execute("INSERT INTO public.orders VALUES (1)")));
    nothingIsSeen();
  }

  @Test
  void session_state_of_a_handler_transaction_is_reset() {
    run(
        "completed",
        context ->
            context.inTransaction(
                handle -> {
                  for (SessionStates.State state : SessionStates.ALL) {
                    if (!state.name().contains("user") && !state.name().equals("a role")) {
                      handle.execute(state.leave());
                    }
                  }
                  return 1;
                }));
    nothingIsSeen();
  }

  @Test
  void the_role_set_by_a_failed_handler_is_reset() {
    run(
        "failed",
        context ->
            context.inTransaction(
                handle -> handle.execute("SET SESSION AUTHORIZATION pg_monitor")));
    nothingIsSeen();
  }

  @Test
  void session_state_of_a_failed_handler_is_reset() {
    run(
        "failed",
        context ->
            context.inTransaction(
                handle -> {
                  handle.execute("DO $$ BEGIN PERFORM pg_advisory_lock(1); END $$");
                  return handle.execute("SELECT 1/0");
                }));
    nothingIsSeen();
  }

  @Test
  void session_state_of_a_cancelled_handler_is_reset() {
    long job =
        enqueue(
            context ->
                context.inTransaction(
                    handle -> {
                      handle.execute("DO $$ BEGIN PERFORM pg_advisory_lock(1); END $$");
                      return handle.execute("SELECT pg_sleep(60)");
                    }));
    WorkerFixture.await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)' AND state = 'active'")
                    == 1);
    millrace.jdbi.useHandle(
        handle ->
            handle.execute(
                "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE id = ?",
                job));
    await(job, "cancelled");
    nothingIsSeen();
  }

  private interface Work {
    Object in(JobContext context) throws Exception;
  }

  private void run(String end, Work work) {
    await(enqueue(work), end);
  }

  private long enqueue(Work work) {
    JobKind<Map<String, Object>> kind = kind();
    millrace.worker(
        pool.jdbi(),
        1,
        new JobHandler<Map<String, Object>>() {
          @Override
          public JobKind<Map<String, Object>> kind() {
            return kind;
          }

          @Override
          public Outcome run(Map<String, Object> payload, JobContext context) throws Exception {
            work.in(context);
            return Outcome.done();
          }
        });
    return millrace.client.enqueue(NewJob.of("test.leaves", "{}").withMaxAttempts(1)).jobId();
  }

  @SuppressWarnings("unchecked") // a class literal has no parameters
  private static JobKind<Map<String, Object>> kind() {
    return JobKind.of("test.leaves", (Class<Map<String, Object>>) (Class<?>) Map.class);
  }

  private void refresh(String view) {
    millrace.worker(pool.jdbi(), 1, MvHandlers.all(pool.jdbi()).toArray(JobHandler<?>[]::new));
    await(
        millrace
            .client
            .enqueue(NewJob.of("mv.refresh", "{\"views\": [\"" + view + "\"]}").withMaxAttempts(1))
            .jobId(),
        "completed");
  }

  private void await(long job, String end) {
    WorkerFixture.await()
        .untilAsserted(
            () -> assertThat(millrace.state(job)).isIn("completed", "failed", "cancelled"));
    assertThat(millrace.state(job))
        .as(() -> millrace.text("SELECT coalesce(error, '') FROM millrace.jobs WHERE id = ?", job))
        .isEqualTo(end);
  }

  /** Waits for the connection, which may return to the pool after the job's end. */
  private void nothingIsSeen() {
    List<String> seen = pool.jdbi().withHandle((Handle handle) -> SessionStates.seenBy(handle));
    assertThat(seen).isEmpty();
    assertThat(
            millrace.count(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 1 AND classid = 0"))
        .isZero();
  }
}
