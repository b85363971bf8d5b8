package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import java.time.Duration;
import java.util.List;
import java.util.function.IntSupplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is older than it is worth, in batches small enough to disturb nobody. Thread-safe.
 */
final class Pruner {
  private static final Logger log = LoggerFactory.getLogger(Pruner.class);
  static final int BATCH = 1_000;

  /** The most batches of one table in one go; the rest waits for the next. */
  static final int BATCHES = 50;

  private record Rule(String table, Duration keep, String sql) {
    Rule(String table, Duration keep) {
      this(table, keep, Sql.of(Pruner.class, table));
    }
  }

  private final Jdbi jdbi;
  private final List<Rule> rules;
  private final JobPruner jobs;

  Pruner(Jdbi jdbi, Retention retention) {
    this.jdbi = jdbi;
    this.rules =
        List.of(
            new Rule("fires", retention.fires()),
            new Rule("queue_workers", retention.queueWorkers()),
            new Rule("scheduler_nodes", retention.queueWorkers()),
            new Rule("parsing_logs", retention.parsingLogs()),
            new Rule("mv_refresh_log", retention.refreshLogs()),
            new Rule("idempotency_keys", retention.idempotencyKeys()),
            new Rule("cache_invalidations", retention.failedJobs()));
    this.jobs = new JobPruner(jdbi, retention);
  }

  /**
   * Prunes every table.
   *
   * @return how many rows, their dependants not counted
   */
  int run() {
    int total = alone("jobs", jobs::run);
    for (Rule rule : rules) {
      total += alone(rule.table(), () -> prune(rule));
    }
    return total;
  }

  /** A table that cannot be pruned at the moment does not keep the others from it. */
  private static int alone(String table, IntSupplier prune) {
    try {
      return prune.getAsInt();
    } catch (JdbiException e) {
      if (SqlStates.of(e).isEmpty()) {
        throw e;
      }
      log.warn("{} could not be pruned and will be later: {}", table, e.getMessage());
      return 0;
    }
  }

  private int prune(Rule rule) {
    int total = 0;
    int batch = BATCH;
    for (int i = 0; i < BATCHES && batch == BATCH; i++) {
      batch =
          jdbi.withHandle(
              handle ->
                  handle
                      .createUpdate(rule.sql())
                      .bind("keepSeconds", rule.keep().toSeconds())
                      .bind("most", BATCH)
                      .execute());
      total += batch;
    }
    if (total > 0) {
      log.info("{} rows of {} were older than {} and are gone", total, rule.table(), rule.keep());
    }
    return total;
  }
}
