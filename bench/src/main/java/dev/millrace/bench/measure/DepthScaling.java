package dev.millrace.bench.measure;

import dev.millrace.bench.report.Figures;
import dev.millrace.db.Database;
import dev.millrace.db.DatabaseUrl;
import dev.millrace.db.Limits;
import dev.millrace.job.JobClient;
import dev.millrace.job.NewJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.Lane;
import dev.millrace.queue.Leases;
import dev.millrace.queue.QueueClient;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.redis.Redis;
import dev.millrace.redis.RedisUrl;
import dev.millrace.scheduler.leader.Dispatch;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jdbi.v3.core.Jdbi;

/**
 * What a claim of ten jobs costs, from Redis' answer to Postgres', with ever more jobs queued, and
 * at last with ten times as many finished.
 */
public final class DepthScaling implements Measure {
  private static final String KIND = "bench.noop";
  private static final Lane LANE = new Lane(NewJob.DEFAULT_QUEUE, KIND);
  private static final int CLAIM = 10;
  private static final int CLAIMS = 300;
  private static final int WARM_UP = 100;
  private static final int CHUNK = 100_000;
  private static final double NANOS_PER_MICRO = 1_000;

  @Override
  public String name() {
    return "flat";
  }

  @Override
  public boolean ofPeers() {
    return false;
  }

  @Override
  public void run(Contender contender, BenchServices services, Scale scale, Figures figures) {
    TestServers servers = contender.prepared(services);
    try (Database database =
            Database.open(DatabaseUrl.parse(servers.databaseUrl()), "bench flat", 4, Limits.LONG);
        Redis redis = Redis.open(RedisUrl.parse(servers.redisUrl()), 4)) {
      Bed bed = new Bed(database, redis);
      figures.add(contender.name(), "claim_us_at_10", bed.micros());
      bed.deepen(scale.deepest() / 10);
      figures.add(contender.name(), key(scale.deepest() / 10), bed.micros());
      bed.deepen(scale.deepest() - scale.deepest() / 10);
      figures.add(contender.name(), key(scale.deepest()), bed.micros());
      bed.finish(scale.deepest() * 10L);
      figures.add(contender.name(), key(scale.deepest()) + "_and_10_times_finished", bed.micros());
    }
  }

  private static String key(int depth) {
    return String.format(Locale.ROOT, "claim_us_at_%d", depth);
  }

  /** A queue whose depth stays while it is claimed from. */
  private static final class Bed {
    private final Jdbi jdbi;
    private final ReadyJobs ready;
    private final JobClient client;
    private final Claims claims;
    private final Dispatch dispatch;

    Bed(Database database, Redis redis) {
      this.jdbi = database.jdbi();
      this.ready = new ReadyJobs(redis);
      this.client = new QueueClient(database, redis, ready);
      this.claims = new Claims(jdbi);
      this.dispatch = new Dispatch(jdbi, ready);
      new Leases(jdbi, Duration.ofHours(1))
          .register(
              new Leases.Registration(
                  "bench", "bench", "here", 1, List.of("default"), List.of(KIND), 1));
      enqueueTen();
    }

    /** The median claim. */
    double micros() {
      dispatch.resync();
      double[] micros =
          IntStream.range(0, WARM_UP + CLAIMS).mapToDouble(i -> claim()).skip(WARM_UP).toArray();
      Arrays.sort(micros);
      return micros[micros.length / 2];
    }

    private double claim() {
      enqueueTen();
      long began = System.nanoTime();
      var popped = ready.pop(List.of(LANE), CLAIM).orElseThrow();
      int claimed = claims.claim("bench", popped.jobs()).size();
      double micros = (System.nanoTime() - began) / NANOS_PER_MICRO;
      if (claimed != CLAIM) {
        throw new IllegalStateException("claimed " + claimed + " jobs of " + CLAIM);
      }
      popped.wantRefill().forEach(lane -> ready.refill(lane, claims::ready));
      return micros;
    }

    private void enqueueTen() {
      client.enqueueAll(IntStream.range(0, CLAIM).mapToObj(i -> NewJob.of(KIND, "{}")).toList());
    }

    void deepen(long jobs) {
      insert(jobs, "'queued', NULL");
    }

    void finish(long jobs) {
      insert(jobs, "'completed', clock_timestamp()");
    }

    private void insert(long jobs, String stateAndEnd) {
      for (long left = jobs; left > 0; left -= CHUNK) {
        long some = Math.min(CHUNK, left);
        jdbi.useHandle(
            handle ->
                handle.execute(
                    "INSERT INTO millrace.jobs (kind, state, finished_at) SELECT '"
                        + KIND
                        + "', "
                        + stateAndEnd
                        + " FROM generate_series(1, ?)",
                    some));
      }
    }
  }
}
