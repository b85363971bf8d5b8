package dev.millrace.scheduler;

import dev.millrace.db.Sql;
import dev.millrace.queue.JobDeletion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Deletes finished jobs after their retention time: that of the installation, or of their kind.
 * Each rule reads the jobs in the order in which they finished, in pages of a fixed number of rows,
 * and keeps its position, so that jobs which other rules keep longer are not read in every run. For
 * one thread.
 */
final class JobPruner {
  private static final Logger log = LoggerFactory.getLogger(JobPruner.class);
  private static final String KINDS = Sql.of(JobPruner.class, "kinds");
  private static final String UNTIL = Sql.of(JobPruner.class, "until");
  private static final String PAGE = Sql.of(JobPruner.class, "page");

  /** The position before all jobs. */
  private static final Place BEGINNING =
      new Place(OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), 0);

  /** The rows that a page reads, and the pages that a rule reads in one run. */
  private static final int ROWS_PER_SCAN = 10_000;

  private static final int PAGES = 20;

  /** The runs after which a rule starts over, for jobs that were locked when it read them. */
  private static final int TRUST = 1_000;

  /**
   * Which jobs are deleted.
   *
   * @param named of these kinds, or of all but these
   */
  private record Rule(List<String> kinds, boolean named, boolean failed) {}

  /** See {@link Rule}. */
  private record Timed(Rule rule, Duration keep) {}

  private record Own(String kind, @Nullable Long completed, @Nullable Long failed) {}

  /** A place in the order in which jobs finished. */
  private record Place(OffsetDateTime finishedAt, long id) {}

  /**
   * A row of the answer.
   *
   * @param root null: the end of the page, which {@code more} belongs to
   */
  private record Row(Place place, JobDeletion.@Nullable Root root, boolean more) {}

  private final Jdbi jdbi;
  private final Retention retention;
  private final Map<Rule, Place> reached = new HashMap<>();
  private int runs;

  JobPruner(Jdbi jdbi, Retention retention) {
    this.jdbi = jdbi;
    this.retention = retention;
  }

  /** Prunes by every rule; the children of jobs are not among the rows. */
  Pruner.Pruned run() {
    if (runs++ % TRUST == 0) {
      reached.clear();
    }
    return rules().stream().map(this::prune).reduce(Pruner.Pruned.NOTHING, Pruner.Pruned::and);
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

  private Pruner.Pruned prune(Timed timed) {
    Rule rule = timed.rule();
    OffsetDateTime until =
        jdbi.withHandle(
            handle ->
                handle
                    .createQuery(UNTIL)
                    .bind("keepSeconds", timed.keep().toSeconds())
                    .mapTo(OffsetDateTime.class)
                    .one());
    JobDeletion deletion =
        new JobDeletion(jdbi, until, Pruner.BATCHES, JobDeletion.Alongside.NOTHING);
    boolean more = true;
    for (int i = 0; i < PAGES && more; i++) {
      List<Row> page = page(rule, until);
      if (!delete(page, rule, deletion)) {
        break;
      }
      more = !page.isEmpty() && page.get(page.size() - 1).more();
    }
    if (!more) {
      reached.put(rule, new Place(until, 0));
    }
    if (deletion.jobs() + deletion.children() > 0) {
      log.info(
          "{} jobs and {} children of jobs were older than {} and are gone: {}",
          deletion.jobs(),
          deletion.children(),
          timed.keep(),
          rule);
    }
    return new Pruner.Pruned(deletion.jobs(), more);
  }

  /** Returns false when one run was not enough: the next run continues with the first job left. */
  private boolean delete(List<Row> page, Rule rule, JobDeletion deletion) {
    for (int from = 0; from < page.size(); from += Pruner.BATCH) {
      List<Row> some = page.subList(from, Math.min(page.size(), from + Pruner.BATCH));
      List<JobDeletion.Root> roots =
          some.stream().map(Row::root).flatMap(Stream::ofNullable).toList();
      if (!deletion.delete(roots)) {
        return false;
      }
      reached.put(rule, some.get(some.size() - 1).place());
    }
    return true;
  }

  private List<Row> page(Rule rule, OffsetDateTime until) {
    Place from = reached.getOrDefault(rule, BEGINNING);
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(PAGE)
                .bind("from", from.finishedAt())
                .bind("fromId", from.id())
                .bind("until", until)
                .bind("look", ROWS_PER_SCAN)
                .bind("failed", rule.failed())
                .bindArray("kinds", String.class, rule.kinds())
                .bind("named", rule.named())
                .map((row, context) -> row(row))
                .list());
  }

  private static Row row(ResultSet row) throws SQLException {
    long place = row.getLong("place");
    boolean end = row.getObject("id") == null;
    return new Row(
        new Place(row.getObject("finished_at", OffsetDateTime.class), place),
        end ? null : new JobDeletion.Root(place, row.getBoolean("has_children")),
        row.getBoolean("more"));
  }
}
