package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes finished jobs that are older than they are worth: those of most kinds after the
 * installation's times, those of some after their own. Each rule remembers how far it has come, so
 * that jobs which others keep longer are not looked at in every run. For one thread.
 */
final class JobPruner {
  private static final Logger log = LoggerFactory.getLogger(JobPruner.class);
  private static final String KINDS = Sql.of(JobPruner.class, "kinds");
  private static final String UNTIL = Sql.of(JobPruner.class, "until");
  private static final String PRUNE = Sql.of(JobPruner.class, "prune");

  /** Before any job. */
  private static final OffsetDateTime BEGINNING =
      OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC);

  /** How many runs a rule builds on its position before it begins anew: jobs it found locked. */
  private static final int TRUST = 1_000;

  /**
   * Which jobs go.
   *
   * @param named of these kinds, or of all but these
   */
  private record Rule(List<String> kinds, boolean named, boolean failed) {}

  /** See {@link Rule}. */
  private record Timed(Rule rule, Duration keep) {}

  private record Own(String kind, @Nullable Long completed, @Nullable Long failed) {}

  private record Batch(int rows, @Nullable OffsetDateTime last) {}

  private final Jdbi jdbi;
  private final Retention retention;
  private final Map<Rule, OffsetDateTime> reached = new HashMap<>();
  private int runs;

  JobPruner(Jdbi jdbi, Retention retention) {
    this.jdbi = jdbi;
    this.retention = retention;
  }

  /** How many jobs went, their children not counted. */
  int run() {
    if (runs++ % TRUST == 0) {
      reached.clear();
    }
    return rules().stream().mapToInt(this::prune).sum();
  }

  private List<Timed> rules() {
    List<Own> own =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(KINDS)
                    .map(
                        (row, context) ->
                            new Own(
                                row.getString(1),
                                row.getObject(2, Long.class),
                                row.getObject(3, Long.class)))
                    .list());
    List<Timed> rules = new ArrayList<>();
    List<String> completed = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (Own kind : own) {
      if (kind.completed() != null) {
        completed.add(kind.kind());
        rules.add(rule(kind.kind(), false, kind.completed()));
      }
      if (kind.failed() != null) {
        failed.add(kind.kind());
        rules.add(rule(kind.kind(), true, kind.failed()));
      }
    }
    rules.add(new Timed(new Rule(completed, false, false), retention.completedJobs()));
    rules.add(new Timed(new Rule(failed, false, true), retention.failedJobs()));
    return rules;
  }

  private static Timed rule(String kind, boolean failed, long keepSeconds) {
    return new Timed(new Rule(List.of(kind), true, failed), Duration.ofSeconds(keepSeconds));
  }

  private int prune(Timed timed) {
    Rule rule = timed.rule();
    OffsetDateTime until =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(UNTIL)
                    .bind("keepSeconds", timed.keep().toSeconds())
                    .mapTo(OffsetDateTime.class)
                    .one());
    int total = 0;
    int batches = 0;
    Batch batch;
    do {
      batch = pruneBatch(rule, until);
      total += batch.rows();
      if (batch.last() != null) {
        reached.put(rule, batch.last());
      }
    } while (batch.rows() == Pruner.BATCH && ++batches < Pruner.BATCHES);
    if (batch.rows() < Pruner.BATCH) {
      reached.put(rule, until);
    }
    if (total > 0) {
      log.info("{} jobs were older than {} and are gone: {}", total, timed.keep(), rule);
    }
    return total;
  }

  private Batch pruneBatch(Rule rule, OffsetDateTime until) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(PRUNE)
                .bind("from", reached.getOrDefault(rule, BEGINNING))
                .bind("until", until)
                .bind("failed", rule.failed())
                .bindArray("kinds", String.class, rule.kinds())
                .bind("named", rule.named())
                .bind("most", Pruner.BATCH)
                .map(
                    (row, context) ->
                        new Batch(row.getInt(1), row.getObject(2, OffsetDateTime.class)))
                .one());
  }
}
