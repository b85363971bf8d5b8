package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.db.SqlStates;
import dev.millrace.queue.JobDeletion;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes what is older than it is worth. A transaction deletes at most {@link #BATCH} rows of one
 * table and what belongs to them; see {@link JobDeletion} for jobs with many children or a long
 * log. For one thread.
 */
final class Pruner {
  private static final Logger log = LoggerFactory.getLogger(Pruner.class);
  static final int BATCH = JobDeletion.BATCH;

  /** The most batches of one table, or of jobs by one rule, in one run. */
  static final int BATCHES = 50;

  /** Until the next run: when all that is too old has been looked at, and when not. */
  private static final Duration REST = Duration.ofMinutes(1);

  private static final Duration SHORT_REST = Duration.ofSeconds(1);

  /**
   * What a run did.
   *
   * @param rows that are gone, those that belonged to them not counted
   * @param more whether it ended before all that is too old had been looked at
   */
  record Pruned(int rows, boolean more) {
    static final Pruned NOTHING = new Pruned(0, false);

    Pruned and(Pruned other) {
      return new Pruned(rows + other.rows, more || other.more);
    }
  }

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
            new Rule("job_minutes", retention.jobMinutes()),
            new Rule("job_hours", retention.jobHours()),
            new Rule("job_count_writers", retention.jobMinutes()),
            new Rule("cache_invalidations", retention.failedJobs()),
            new Rule("alerts", retention.failedJobs()),
            new Rule("sessions", Duration.ZERO),
            new Rule("audit", retention.audit()));
    this.jobs = new JobPruner(jdbi, retention);
  }

  /** A run, and how long to rest after it. */
  Duration step() {
    return run().more() ? SHORT_REST : REST;
  }

  /** Prunes every table. */
  Pruned run() {
    Pruned pruned = alone("jobs", jobs::run);
    for (Rule rule : rules) {
      pruned = pruned.and(alone(rule.table(), () -> prune(rule)));
    }
    return pruned;
  }

  /** A table that cannot be pruned at the moment does not keep the others from it. */
  private static Pruned alone(String table, Supplier<Pruned> prune) {
    try {
      return prune.get();
    } catch (JdbiException e) {
      if (SqlStates.of(e).isEmpty()) {
        throw e;
      }
      log.warn("{} could not be pruned and will be later: {}", table, e.getMessage());
      return Pruned.NOTHING;
    }
  }

  private Pruned prune(Rule rule) {
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
    return new Pruned(total, batch == BATCH);
  }
}
