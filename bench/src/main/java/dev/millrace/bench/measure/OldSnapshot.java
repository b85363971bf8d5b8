package dev.millrace.bench.measure;

import dev.millrace.bench.process.BenchProcess;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.lock.JobLocks;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.schedule.SyncHours;
import dev.millrace.scheduler.Retention;
import dev.millrace.scheduler.Scheduler;
import dev.millrace.scheduler.SchedulerSettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * A worker and a scheduler node beside a session whose snapshot is older than ever more finished
 * jobs, as a dump's or a report's is: vacuum can remove nothing of what those jobs left in the
 * indexes. What both cost while nothing is to be done, how soon a job starts, and how fast a queue
 * is run empty.
 */
public final class OldSnapshot implements Measure {
  private static final String KIND = "bench.noop";
  private static final int CHUNK = 250_000;
  private static final int DRAIN_SHARE = 5;
  private static final int SQL_JOBS = 20;
  private static final Duration LEASE = Duration.ofSeconds(10);

  /** The looks have learnt by then where the last ones stood. */
  private static final Duration SETTLE = Duration.ofSeconds(30);

  private static final Duration INTERVAL = Duration.ofSeconds(20);
  private static final double PER_CENT = 100;
  private static final double MICROS_PER_MILLI = 1_000;

  @Override
  public String name() {
    return "snapshot";
  }

  @Override
  public boolean ofPeers() {
    return false;
  }

  @Override
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    TestServers ground = contender.prepared(services);
    try (Database database =
            Database.open(
                DatabaseUrl.parse(ground.databaseUrl()), "bench snapshot", 3, Limits.LONG);
        Handle old = database.jdbi().open()) {
      // What recurs is not measured, and no worker of the benchmark serves its kinds.
      old.execute("UPDATE public.background_workers SET enabled = false");
      old.execute("BEGIN ISOLATION LEVEL REPEATABLE READ");
      long before = old.select("SELECT count(*) FROM millrace.jobs").mapTo(Long.class).one();
      long finished = 0;
      for (long wanted : new long[] {0, scale.deepest(), 5L * scale.deepest()}) {
        finish(database.jdbi(), wanted - finished);
        finished = wanted;
        Bed bed = new Bed(contender, ground, database.jdbi(), figures, key(wanted));
        bed.idleAndPickUp(scale.pings());
        bed.drain(contender.jobs(scale) / DRAIN_SHARE);
      }
      long after = old.select("SELECT count(*) FROM millrace.jobs").mapTo(Long.class).one();
      if (before != after) {
        throw new IllegalStateException("the old snapshot was not kept: the figures are void");
      }
    }
  }

  private static String key(long finished) {
    return String.format(Locale.ROOT, "snapshot_%d_", finished);
  }

  /** Each job is inserted, claimed and completed, so that every index has its dead entries. */
  private static void finish(Jdbi jdbi, long jobs) {
    for (long left = jobs; left > 0; left -= CHUNK) {
      long some = Math.min(CHUNK, left);
      jdbi.useTransaction(
          handle -> {
            handle.execute(
                "INSERT INTO millrace.jobs (kind) SELECT ? FROM generate_series(1, ?)", KIND, some);
            handle.execute(
                "UPDATE millrace.jobs SET state = 'processing', worker_id = 'gone', fence = id,"
                    + " attempt = 1, started_at = clock_timestamp() WHERE state = 'queued'");
            handle.execute(
                "UPDATE millrace.jobs SET state = 'completed', worker_id = NULL,"
                    + " finished_at = clock_timestamp() WHERE state = 'processing'");
          });
    }
  }

  /** One number of finished jobs. */
  private record Bed(
      Contender contender, TestServers ground, Jdbi jdbi, Figures figures, String key) {

    void idleAndPickUp(int pings) {
      RedisUrl redisUrl = RedisUrl.parse(ground.redisUrl());
      try (Database database =
              Database.open(
                  DatabaseUrl.parse(ground.databaseUrl()),
                  "bench scheduler",
                  Scheduler.DATABASE_CONNECTIONS);
          Redis redis = Redis.open(redisUrl, Scheduler.DATABASE_CONNECTIONS);
          JobLocks locks = JobLocks.open(redisUrl, redis, LEASE);
          Scheduler scheduler =
              new Scheduler(
                  new Scheduler.Parts(
                      database,
                      redis,
                      locks,
                      "bench",
                      new SchedulerSettings(
                          SyncHours.DEFAULT,
                          Duration.ofSeconds(10),
                          Duration.ofHours(1),
                          Duration.ofSeconds(5),
                          Retention.DEFAULT)));
          BenchProcess listener = contender.start(ground, "listen")) {
        scheduler.start();
        listener.awaitLine("ready");
        Pause.of(SETTLE);
        double served = Usage.cpuSeconds(ground.servers());
        Pause.of(INTERVAL);
        add(
            "idle_server_cpu_percent",
            (Usage.cpuSeconds(ground.servers()) - served) * PER_CENT / INTERVAL.toSeconds());
        sqlJobs();
        pings(listener, pings);
      }
    }

    /** Jobs inserted in SQL have no hint: the scheduler's look finds them. */
    private void sqlJobs() {
      long first = jdbi.withHandle(OldSnapshot::lastId);
      for (int i = 0; i < SQL_JOBS; i++) {
        jdbi.useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO millrace.jobs (kind, payload) VALUES (?, '{\"at\": 0}')", KIND));
        Pause.of(Duration.ofSeconds(1));
      }
      awaitEndOfAllAfter(first);
      List<Double> millis =
          jdbi.withHandle(
              handle ->
                  handle
                      .createQuery(
                          "SELECT extract(epoch FROM started_at - created_at) * 1000"
                              + " FROM millrace.jobs WHERE id > :first")
                      .bind("first", first)
                      .mapTo(Double.class)
                      .list());
      add("sql_start", millis.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private void pings(BenchProcess listener, int pings) {
      long first = jdbi.withHandle(OldSnapshot::lastId);
      try (BenchProcess pinger =
          contender.start(ground, "ping", "100", "50", Integer.toString(pings), "20")) {
        pinger.awaitLine("done");
      }
      awaitEndOfAllAfter(first);
      listener.end();
      double[] all =
          Arrays.stream(listener.awaitValue("pickups").split(",", -1))
              .mapToDouble(micros -> Double.parseDouble(micros) / MICROS_PER_MILLI)
              .toArray();
      add("pickup", Arrays.copyOfRange(all, all.length - pings, all.length));
    }

    /** The worker alone, as the other drains are measured; its process has started before. */
    void drain(int jobs) {
      long first = jdbi.withHandle(OldSnapshot::lastId);
      contender.start(ground, "fill", Integer.toString(jobs)).close();
      try (BenchProcess worker = contender.start(ground, "drain", Integer.toString(jobs))) {
        worker.awaitLine("done");
      }
      double perSecond =
          jdbi.withHandle(
              handle ->
                  handle
                      .createQuery(
                          "SELECT count(*) / extract(epoch FROM max(finished_at) - min(started_at))"
                              + " FROM millrace.jobs WHERE id > :first")
                      .bind("first", first)
                      .mapTo(Double.class)
                      .one());
      add("drain_per_s", perSecond);
    }

    /** By the primary key: the rows before are millions. */
    private void awaitEndOfAllAfter(long first) {
      while (jdbi.withHandle(
          handle ->
              handle
                  .createQuery(
                      "SELECT EXISTS (SELECT 1 FROM millrace.jobs WHERE id > :first AND finished_at IS NULL)")
                  .bind("first", first)
                  .mapTo(Boolean.class)
                  .one())) {
        Pause.of(Duration.ofMillis(100));
      }
    }

    private void add(String what, double[] millis) {
      Arrays.sort(millis);
      add(what + "_p50_ms", millis[(millis.length - 1) / 2]);
      add(what + "_max_ms", millis[millis.length - 1]);
    }

    private void add(String what, double value) {
      figures.add(contender.name(), key + what, value);
    }
  }

  private static long lastId(Handle handle) {
    return handle
        .createQuery("SELECT coalesce(max(id), 0) FROM millrace.jobs")
        .mapTo(Long.class)
        .one();
  }
}
