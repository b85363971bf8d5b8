package dev.millrace.bench.status;

import dev.millrace.redis.Redis;
import org.jdbi.v3.core.Jdbi;

/** How much Postgres and Redis have done. */
record Counts(double transactions, double commands) {
  private static final String TRANSACTIONS =
      "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = current_database()";

  /** By now; the counting itself is one transaction and one command. */
  static Counts now(Jdbi jdbi, Redis redis) {
    double commands =
        redis
            .client()
            .info("stats")
            .lines()
            .filter(line -> line.startsWith("total_commands_processed:"))
            .mapToDouble(line -> Double.parseDouble(line.split(":", 2)[1].strip()))
            .findFirst()
            .orElseThrow();
    return jdbi.withHandle(
        handle -> new Counts(handle.createQuery(TRANSACTIONS).mapTo(Double.class).one(), commands));
  }
}
