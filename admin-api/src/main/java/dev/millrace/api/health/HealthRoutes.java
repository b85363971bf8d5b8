package dev.millrace.api.health;

import dev.millrace.Threads;
import dev.millrace.api.access.Access;
import dev.millrace.api.problem.ExhaustedResources;
import dev.millrace.db.Outage;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import dev.millrace.redis.Redis;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /health/live}: the process answers. {@code GET /health/ready}: it can serve. Without
 * Redis it can, slower; without Postgres it cannot, nor when that is read-only or full, nor when
 * this process has no free connection to it.
 */
public final class HealthRoutes implements AutoCloseable {
  private static final String READ_ONLY = "SELECT current_setting('transaction_read_only') = 'on'";

  private static final String SILENT =
      "Postgres has not answered within half a second, or no connection to it was free";

  /** A statement and a call of Redis have time-outs that are shorter. */
  private static final Duration LONGEST_ANSWER = Duration.ofMinutes(1);

  private final ExhaustedResources outages;
  private final Probe postgres;
  private final Probe redis;
  private final GuardedTasks asking;
  private volatile boolean stopping;
  private volatile @Nullable String reason;

  /**
   * Probes.
   *
   * @param outages the resources that requests were refused for
   * @param health of this API, for troubles of the probing threads
   */
  public HealthRoutes(Jdbi jdbi, Redis redis, ExhaustedResources outages, Health health) {
    this.outages = outages;
    this.asking =
        new GuardedTasks(
            "health-probe",
            health,
            LONGEST_ANSWER,
            Executors.newFixedThreadPool(2, Threads.named("health-probe-")));
    this.postgres = new Probe(() -> answers(jdbi), asking);
    this.redis = new Probe(() -> redis.ping() && redis.up(), asking);
  }

  /** A server that takes no writes cannot serve either. */
  private boolean answers(Jdbi jdbi) {
    try {
      boolean readOnly =
          jdbi.withHandle(handle -> handle.createQuery(READ_ONLY).mapTo(Boolean.class).one());
      reason = readOnly ? "Postgres is read-only" : null;
      return !readOnly;
    } catch (RuntimeException e) {
      reason = Outage.describe(e);
      throw e;
    }
  }

  /** The answer of the liveness probe. */
  record Live(String status) {}

  /**
   * The answer of the readiness probe.
   *
   * @param status {@code ready}, {@code degraded}, {@code not_ready} or {@code stopping}
   * @param reason why Postgres is not up; null: it is
   */
  record Ready(String status, String postgres, String redis, @Nullable String reason) {}

  public void addTo(RoutesConfig routes) {
    routes.get("/health/live", ctx -> ctx.json(new Live("live")), Access.OPEN);
    routes.get("/health/ready", this::ready, Access.OPEN);
  }

  private void ready(Context ctx) {
    String refused = outages.recent().map(Outage::sentence).orElse(null);
    boolean answers = postgres.up();
    boolean postgresUp = answers && refused == null;
    boolean redisUp = redis.up();
    String status = !postgresUp ? "not_ready" : redisUp ? "ready" : "degraded";
    ctx.status(postgresUp && !stopping ? 200 : 503)
        .json(
            new Ready(
                stopping ? "stopping" : status,
                word(postgresUp),
                word(redisUp),
                postgresUp ? null : answers ? refused : why()));
  }

  private String why() {
    String known = reason;
    return known == null ? SILENT : known;
  }

  private static String word(boolean up) {
    return up ? "up" : "down";
  }

  /** From now on the answer is no: the server is about to stop. */
  public void stopping() {
    stopping = true;
  }

  @Override
  public void close() {
    asking.close();
  }
}
