package dev.millrace.bench.views;

import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.mv.Views;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.scheduler.leader.MvDebouncer;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Jdbi;

/**
 * What the leader's look at the views costs each second: the CPU of its own connection's server
 * process and of its thread, with many views registered, each with a table that it watches, and
 * twenty of them changing a second. The refreshes are not part of it: another worker serves the
 * requests and ends the jobs.
 */
final class PollCost {
  private static final int CHANGING = 20;
  private static final int CHANGES = 10;
  private static final int WARM_UP = 15;
  private static final double PER_CENT = 100;
  private static final double NANOS_PER_SECOND = 1e9;

  private final TestServers servers;
  private final Jdbi others;
  private final ViewMeasures.Scale scale;

  PollCost(TestServers servers, Jdbi others, ViewMeasures.Scale scale) {
    this.servers = servers;
    this.others = others;
    this.scale = scale;
  }

  void run(Figures figures) {
    others.useHandle(
        handle -> {
          handle.execute(
              "SELECT count(millrace.unregister_view(view_name)) FROM millrace.mv_views");
          for (int i = 0; i < scale.views(); i++) {
            handle.execute("CREATE TABLE public.base_" + i + " AS SELECT 1 AS n");
            handle.execute(
                "CREATE MATERIALIZED VIEW public.view_" + i + " AS SELECT n FROM public.base_" + i);
            handle.execute(
                "INSERT INTO millrace.mv_views (view_name, debounce, relid) VALUES (?, '1 second', ?::regclass)",
                "view_" + i,
                "public.view_" + i);
            handle.execute("SELECT millrace.watch(?, ?)", "public.base_" + i, "view_" + i);
          }
          handle.execute("TRUNCATE millrace.mv_requests");
          // A queue worker says so; here none need have run.
          handle.execute(
              "INSERT INTO millrace.kinds (kind) VALUES ('mv.refresh') ON CONFLICT DO NOTHING");
          handle.execute(
              "INSERT INTO millrace.mv_state (view_name, fresh_as_of, last_success_at, duration_ms, p95_ms)"
                  + " SELECT view_name, clock_timestamp(), clock_timestamp(), 20, 30 FROM millrace.mv_views");
          handle.execute("ANALYZE");
        });
    try (Database mine =
            Database.open(DatabaseUrl.parse(servers.databaseUrl()), "bench look", 1, Limits.LONG);
        Redis redis = Redis.open(RedisUrl.parse(servers.redisUrl()), 2)) {
      QueueClient client = new QueueClient(mine, redis, new ReadyJobs(redis));
      MvDebouncer debouncer = new MvDebouncer(mine.jdbi(), client, Views.REFRESHES_AT_ONCE);
      long pid =
          mine.jdbi()
              .withHandle(
                  handle -> handle.createQuery("SELECT pg_backend_pid()").mapTo(Long.class).one());
      looks(debouncer, 0, WARM_UP);
      double served = Usage.cpuSeconds(pid);
      Looks looks = looks(debouncer, WARM_UP, scale.lookSeconds());
      figures.add("millrace", "look_due_per_s", (double) looks.due() / scale.lookSeconds());
      figures.add(
          "millrace",
          "look_server_cpu_percent",
          (Usage.cpuSeconds(pid) - served) / scale.lookSeconds() * PER_CENT);
      figures.add(
          "millrace",
          "look_leader_cpu_percent",
          looks.nanos() / NANOS_PER_SECOND / scale.lookSeconds() * PER_CENT);
    }
  }

  /**
   * What some looks came to.
   *
   * @param due how many refreshes they enqueued
   * @param nanos the CPU time that they took in the thread that looked
   */
  private record Looks(int due, double nanos) {}

  private Looks looks(MvDebouncer debouncer, int first, int seconds) {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    int due = 0;
    long nanos = 0;
    long begun = System.nanoTime();
    for (int second = 0; second < seconds; second++) {
      change(first + second);
      long before = threads.getCurrentThreadCpuTime();
      due += debouncer.run();
      nanos += threads.getCurrentThreadCpuTime() - before;
      serve();
      LockSupport.parkNanos(begun + Duration.ofSeconds(second + 1L).toNanos() - System.nanoTime());
    }
    return new Looks(due, nanos);
  }

  /** Ten changes of the table of each of twenty views. */
  private void change(int second) {
    others.useHandle(
        handle -> {
          for (int i = 0; i < CHANGING * CHANGES; i++) {
            int table = (second * CHANGING + i % CHANGING) % scale.views();
            handle.execute("UPDATE public.base_" + table + " SET n = n + 1");
          }
        });
  }

  /** What refreshes would do with the requests and the jobs. */
  private void serve() {
    others.useTransaction(
        handle -> {
          handle.execute(
              "DELETE FROM millrace.mv_requests r USING millrace.jobs j"
                  + " WHERE j.unique_key = 'mv:' || r.view_name AND j.state = 'queued'");
          handle.execute(
              "UPDATE millrace.mv_state s SET fresh_as_of = clock_timestamp(), last_success_at = clock_timestamp()"
                  + " FROM millrace.jobs j WHERE j.unique_key = 'mv:' || s.view_name AND j.state = 'queued'");
          handle.execute(
              "UPDATE millrace.jobs SET state = 'completed', finished_at = clock_timestamp() WHERE state = 'queued'");
        });
  }
}
