package dev.millrace.mv.job;

import dev.millrace.job.JobHandler;
import dev.millrace.mv.Freshness;
import dev.millrace.mv.ViewStatus;
import dev.millrace.mv.Views;
import dev.millrace.scheduler.leader.MvDebouncer;
import dev.millrace.worker.WorkerFixture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An installation whose leader reads requests every 100 ms, with one queue worker. */
final class MvFixture implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MvFixture.class);

  final WorkerFixture millrace = new WorkerFixture(Duration.ofSeconds(5));
  final Views views = new Views(millrace.own, millrace.client);
  private final MvDebouncer debouncer = new MvDebouncer(millrace.own, millrace.client, 3);
  private final ScheduledExecutorService leader = Executors.newSingleThreadScheduledExecutor();

  MvFixture() {
    millrace.worker(6, MvHandlers.all(millrace.work).toArray(JobHandler<?>[]::new));
    var unused = leader.scheduleWithFixedDelay(this::step, 100, 100, TimeUnit.MILLISECONDS);
  }

  private void step() {
    try {
      debouncer.run();
    } catch (RuntimeException e) {
      log.warn("a step failed", e);
    }
  }

  /** A table of parts and nothing else. */
  void clean() {
    execute(
        "SELECT count(millrace.unregister_view(view_name)) FROM millrace.mv_views",
        "UPDATE millrace.jobs SET cancel_requested_at = clock_timestamp() WHERE state = 'processing'");
    WorkerFixture.await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.jobs WHERE state IN ('queued', 'processing', 'scheduled')")
                    == 0);
    execute(
        "DROP TABLE IF EXISTS public.part CASCADE",
        "TRUNCATE millrace.mv_views, millrace.mv_requests, public.mv_refresh_log, millrace.jobs CASCADE",
        "CREATE TABLE public.part (id integer PRIMARY KEY, sku text NOT NULL, sold boolean NOT NULL DEFAULT false)",
        "INSERT INTO public.part SELECT n, 'sku-' || n % 10 FROM generate_series(1, 100) n");
  }

  /** A view of that name, which counts the parts of each SKU. */
  void counting(String view) {
    execute(
        "CREATE MATERIALIZED VIEW public."
            + view
            + " AS SELECT sku, count(*) AS n, count(*) FILTER (WHERE sold) AS sold FROM public.part GROUP BY 1",
        "CREATE UNIQUE INDEX ON public." + view + " (sku)");
  }

  /** Registers a view with short times, and waits until it is fresh. */
  void watched(String view, String debounce, String maxWait) {
    millrace.jdbi.useHandle(
        handle -> {
          handle.execute(
              "SELECT millrace.register_view(?, debounce => ?::interval, max_wait => ?::interval)",
              view,
              debounce,
              maxWait);
          handle.execute("SELECT millrace.watch('public.part', ?)", view);
        });
    fresh(view);
    execute("DELETE FROM public.mv_refresh_log");
  }

  /** Waits until the leader has seen every change, and the view has them. */
  void fresh(String view) {
    seen();
    WorkerFixture.await().until(() -> status(view).status() == Freshness.FRESH);
  }

  /** Waits until the leader has requested the views of all committed changes. */
  void seen() {
    WorkerFixture.await()
        .until(
            () ->
                millrace.count(
                        "SELECT count(*) FROM millrace.mv_watches WHERE method = 'trigger'"
                            + " AND (mark IS DISTINCT FROM pg_sequence_last_value(change_seq)::text OR writers <> '{}')")
                    == 0);
  }

  ViewStatus status(String view) {
    return views.all().stream()
        .filter(one -> one.viewName().equals(view))
        .findFirst()
        .orElseThrow();
  }

  long refreshes(String view) {
    return millrace.count(
        "SELECT count(*) FROM public.mv_refresh_log WHERE view_name = ? AND status = 'success'",
        view);
  }

  void execute(String... statements) {
    millrace.jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }

  @Override
  public void close() {
    leader.shutdownNow();
    millrace.close();
  }
}
