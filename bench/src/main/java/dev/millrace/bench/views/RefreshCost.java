package dev.millrace.bench.views;

import dev.millrace.bench.measure.TestServers;
import dev.millrace.bench.process.Usage;
import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.HandlerPool;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import dev.millrace.job.Outcome;
import dev.millrace.json.Json;
import dev.millrace.lock.JobLocks;
import dev.millrace.mv.job.MvHandlers;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.worker.Handlers;
import dev.millrace.worker.QueueWorker;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.DoubleSupplier;
import org.jdbi.v3.core.Jdbi;

/**
 * A refresh as a job beside the same statement in {@code psql}, turn and turn about, after the same
 * changes.
 */
final class RefreshCost {
  private static final int GROUPS = 100;
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);

  private final TestServers ground;
  private final Database database;
  private final Jdbi jdbi;
  private final ViewMeasures.Scale scale;

  /** When the last refresh was committed, by this process's clock, which is the database's. */
  private volatile Instant answered = Instant.EPOCH;

  RefreshCost(TestServers ground, Database database, ViewMeasures.Scale scale) {
    this.ground = ground;
    this.database = database;
    this.jdbi = database.jdbi();
    this.scale = scale;
  }

  void run(Figures figures) {
    execute(
        "CREATE TABLE public.sale AS SELECT n AS id, mod(n, %d) AS sku, mod(n, 7) AS price FROM generate_series(1, %d) n"
            .formatted(scale.tableRows() / GROUPS, scale.tableRows()),
        "ALTER TABLE public.sale ADD PRIMARY KEY (id)",
        "CREATE MATERIALIZED VIEW public.sold AS SELECT sku, count(*) AS n, sum(price) AS total FROM public.sale GROUP BY sku",
        "CREATE UNIQUE INDEX ON public.sold (sku)",
        "SELECT millrace.register_view('sold')",
        "VACUUM ANALYZE public.sale",
        "ANALYZE public.sold");
    RedisUrl url = RedisUrl.parse(ground.redisUrl());
    try (HandlerPool pool = database.handlerPool(4);
        Redis redis = Redis.open(url, 10);
        JobLocks locks = JobLocks.open(url, redis, Duration.ofSeconds(10))) {
      ReadyJobs ready = new ReadyJobs(redis);
      QueueClient client = new QueueClient(database, redis, ready);
      try (QueueWorker worker =
          new QueueWorker(
              new QueueWorker.Settings("bench", "default", 2, Duration.ofSeconds(5), Leases.LEASE),
              new QueueWorker.Services(
                  jdbi,
                  pool.jdbi(),
                  ready,
                  new JobResults(jdbi, client),
                  locks,
                  new ProgressBoard(redis)),
              new Handlers(MvHandlers.all(pool.jdbi()).stream().map(this::timed).toList()))) {
        worker.start();
        try (Psql psql = new Psql(ground)) {
          measure(client, psql, figures);
        }
      }
    }
  }

  private void measure(QueueClient client, Psql psql, Figures figures) {
    List<Double> bare = new ArrayList<>();
    List<Double> bareCpu = new ArrayList<>();
    List<Double> job = new ArrayList<>();
    List<Double> jobCpu = new ArrayList<>();
    List<Double> statement = new ArrayList<>();
    for (int i = -2; i < scale.refreshes(); i++) {
      Turn ofJob;
      Turn inPsql;
      if (i % 2 == 0) {
        ofJob = ofJob(i, client);
        inPsql = inPsql(i, psql);
      } else {
        inPsql = inPsql(i, psql);
        ofJob = ofJob(i, client);
      }
      if (i >= 0) {
        bare.add(inPsql.millis());
        bareCpu.add(inPsql.serverMillis());
        job.add(ofJob.millis());
        jobCpu.add(ofJob.serverMillis());
        statement.add(statementMillis());
      }
    }
    figures.add("psql", "refresh_ms", median(bare));
    figures.add("psql", "refresh_server_cpu_ms", median(bareCpu));
    figures.add("millrace", "refresh_job_ms", median(job));
    figures.add("millrace", "refresh_server_cpu_ms", median(jobCpu));
    figures.add("millrace", "refresh_statement_ms", median(statement));
    figures.add("millrace", "refresh_around_statement_ms", median(differences(job, statement)));
    figures.add("millrace", "refresh_over_psql_ms", median(differences(job, bare)));
  }

  /** One refresh, after a change of its own. */
  private record Turn(double millis, double serverMillis) {}

  private Turn ofJob(int i, QueueClient client) {
    return turn(i + GROUPS, () -> refresh(client));
  }

  private Turn inPsql(int i, Psql psql) {
    return turn(i, () -> psql.millis("REFRESH MATERIALIZED VIEW CONCURRENTLY public.sold"));
  }

  private Turn turn(int group, DoubleSupplier refresh) {
    change(group);
    double before = serverMillis();
    double millis = refresh.getAsDouble();
    return new Turn(millis, serverMillis() - before);
  }

  private double serverMillis() {
    return Usage.cpuSeconds(ground.servers()) * Duration.ofSeconds(1).toMillis();
  }

  private double statementMillis() {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(
                    "SELECT duration_ms FROM public.mv_refresh_log ORDER BY id DESC LIMIT 1")
                .mapTo(Double.class)
                .one());
  }

  /** Of what was measured one after the other, so that a slow moment counts for both. */
  private static List<Double> differences(List<Double> longer, List<Double> shorter) {
    List<Double> differences = new ArrayList<>();
    for (int i = 0; i < longer.size(); i++) {
      differences.add(longer.get(i) - shorter.get(i));
    }
    return differences;
  }

  /** The same number of rows each time: a hundredth of the view's. */
  private void change(int i) {
    execute(
        "UPDATE public.sale SET price = price + 1 WHERE mod(id, %d) = %d"
            .formatted(scale.tableRows() / GROUPS, Math.floorMod(i, GROUPS)),
        "CHECKPOINT");
  }

  private <P> JobHandler<P> timed(JobHandler<P> handler) {
    return new JobHandler<>() {
      @Override
      public JobKind<P> kind() {
        return handler.kind();
      }

      @Override
      public Outcome run(P payload, JobContext context) throws Exception {
        Outcome outcome = handler.run(payload, context);
        answered = Instant.now();
        return outcome;
      }
    };
  }

  /**
   * From the insert of its row to the update that says it has completed, by the database's clock,
   * and no less than until the worker has heard that the refresh is committed. Postgres is asked
   * after that only: it would take the CPU that the refresh needs.
   */
  private double refresh(QueueClient client) {
    Instant before = answered;
    long id =
        client
            .enqueue(NewJob.of("mv.refresh", Json.write(Map.of("views", List.of("sold")))))
            .jobId();
    Optional<Double> millis = Optional.empty();
    while (millis.isEmpty()) {
      LockSupport.parkNanos(POLL_INTERVAL.toNanos());
      if (answered.equals(before)) {
        continue;
      }
      millis =
          jdbi.withHandle(
              handle ->
                  handle
                      .select(
                          "SELECT extract(epoch FROM greatest(finished_at, ?::timestamptz) - created_at) * 1000"
                              + " FROM millrace.jobs WHERE id = ? AND state = 'completed'",
                          answered,
                          id)
                      .mapTo(Double.class)
                      .findOne());
    }
    return millis.get();
  }

  private static double median(List<Double> values) {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted.get(sorted.size() / 2);
  }

  private void execute(String... statements) {
    jdbi.useHandle(handle -> List.of(statements).forEach(handle::execute));
  }
}
