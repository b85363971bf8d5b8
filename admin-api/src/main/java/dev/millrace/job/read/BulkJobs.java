package dev.millrace.job.read;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import dev.millrace.queue.JobDeletion;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Finds the jobs that one command is to change: those that pass a filter. Each read is bounded, and
 * is given up when Postgres is too slow. Thread-safe.
 */
public final class BulkJobs {
  private static final String LIMITS = Sql.of(Jobs.class, "limits");
  private static final String IDS = Sql.of(BulkJobs.class, "ids");
  private static final String COUNT = Sql.of(BulkJobs.class, "count");
  private static final String UNTIL = Sql.of(BulkJobs.class, "until");
  private static final String FINISHED = Sql.of(BulkJobs.class, "finished");
  private static final String COUNT_FINISHED = Sql.of(BulkJobs.class, "countFinished");
  private static final String KEPT = Sql.of(BulkJobs.class, "kept");

  /** The most rows that are read for a page of finished jobs. */
  private static final int SCAN_LIMIT = 20_000;

  /** A count goes no further. */
  private static final int MOST_COUNTED = 1_000_000;

  /** How many ids a preview shows. */
  private static final int SHOWN = 20;

  /** A parent is told to stop before its children, whose end it would take for its own success. */
  private static final List<JobState> UNFINISHED =
      List.of(JobState.WAITING, JobState.PROCESSING, JobState.SCHEDULED, JobState.QUEUED);

  private final Jdbi jdbi;

  public BulkJobs(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Which jobs; an empty field does not narrow them.
   *
   * @param olderThan seconds since it finished, or since it was created if it is unfinished
   */
  public record Filter(
      Optional<JobState> state,
      Optional<String> kind,
      Optional<String> queue,
      OptionalInt olderThan) {
    /** Such as {@code state=failed kind=mail.send}; {@code all} when nothing narrows them. */
    @Override
    public String toString() {
      List<String> parts = new ArrayList<>();
      state.ifPresent(value -> parts.add("state=" + value.text()));
      kind.ifPresent(value -> parts.add("kind=" + value));
      queue.ifPresent(value -> parts.add("queue=" + value));
      olderThan.ifPresent(value -> parts.add("older_than_seconds=" + value));
      return parts.isEmpty() ? "all" : String.join(" ", parts);
    }

    private String named() {
      return (kind.isPresent() ? " AND kind = :kind" : "")
          + (queue.isPresent() ? " AND queue = :queue" : "");
    }

    private void bind(Query query) {
      kind.ifPresent(value -> query.bind("kind", value));
      queue.ifPresent(value -> query.bind("queue", value));
    }
  }

  /**
   * What a command would change.
   *
   * @param complete false: there may be more than were counted
   * @param first at most 20 ids
   */
  public record Preview(long count, boolean complete, List<Long> first) {}

  /** A place in the order in which jobs finished. */
  public record Place(OffsetDateTime finishedAt, long id) {
    /** The place before all jobs. */
    public static final Place BEGINNING =
        new Place(OffsetDateTime.of(2000, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC), 0);
  }

  /** A finished job. */
  public record Finished(long id, Optional<Long> parent, boolean hasChildren) {
    /** As what deletes it takes it. */
    public JobDeletion.Root root() {
      return new JobDeletion.Root(id, hasChildren);
    }
  }

  /**
   * Some finished jobs.
   *
   * @param next where the next page begins; empty: this is the last one
   */
  public record FinishedJobs(List<Finished> jobs, Optional<Place> next) {}

  /** A job that was not deleted, and whether one of its family has not finished. */
  public record Kept(long id, boolean atWork) {}

  /** The moment before which a job is older than a filter says, by the database's clock. */
  public OffsetDateTime until(Filter filter) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(UNTIL)
                .bind("seconds", filter.olderThan().orElse(0))
                .mapTo(OffsetDateTime.class)
                .one());
  }

  /** The ids of unfinished jobs that were not asked to stop, parents before their children. */
  public List<Long> unfinished(Filter filter, int most) {
    OffsetDateTime until = until(filter);
    return limited(handle -> unfinished(handle, filter, until, most));
  }

  private static List<Long> unfinished(
      Handle handle, Filter filter, OffsetDateTime until, int most) {
    List<Long> ids = new ArrayList<>();
    for (JobState state : filter.state().map(List::of).orElse(UNFINISHED)) {
      if (ids.size() < most) {
        ids.addAll(
            ids(
                handle,
                filter,
                unfinishedOf(state, filter),
                orderOf(state),
                until,
                most - ids.size()));
      }
    }
    return ids;
  }

  /** Of one state, so that its partial index can serve. */
  private static String unfinishedOf(JobState state, Filter filter) {
    return "state = '"
        + state.text()
        + "'"
        + (state == JobState.PROCESSING ? " AND worker_id IS NOT NULL" : "")
        + " AND cancel_requested_at IS NULL AND created_at < :until"
        + filter.named();
  }

  /** That of the partial index. */
  private static String orderOf(JobState state) {
    return switch (state) {
      case QUEUED -> "queue, kind, rank";
      case SCHEDULED -> "run_at";
      case PROCESSING -> "worker_id";
      case WAITING, COMPLETED, FAILED, CANCELLED -> "id";
    };
  }

  private static List<Long> ids(
      Handle handle, Filter filter, String passes, String order, OffsetDateTime until, int most) {
    try (Query query = handle.createQuery(IDS)) {
      query.define("filter", passes).define("order", order).bind("most", most).bind("until", until);
      filter.bind(query);
      return query.mapTo(Long.class).list();
    }
  }

  /** What cancelling the jobs of a filter would cancel, their children aside. */
  public Preview ofCancel(Filter filter) {
    OffsetDateTime until = until(filter);
    return limited(
        handle -> {
          long count = 0;
          boolean complete = true;
          for (JobState state : filter.state().map(List::of).orElse(UNFINISHED)) {
            long some = count(handle, filter, unfinishedOf(state, filter), until);
            count += some;
            complete &= some < MOST_COUNTED;
          }
          return new Preview(count, complete, unfinished(handle, filter, until, SHOWN));
        });
  }

  /** What retrying the jobs of a filter would read: some may not be retryable. */
  public Preview ofRetry(Filter filter) {
    OffsetDateTime until = until(filter);
    String passes =
        "state = '"
            + filter.state().orElse(JobState.FAILED).text()
            + "' AND finished_at < :until"
            + filter.named();
    return limited(
        handle -> {
          long count = count(handle, filter, passes, until);
          return new Preview(
              count, count < MOST_COUNTED, ids(handle, filter, passes, "id DESC", until, SHOWN));
        });
  }

  private static long count(Handle handle, Filter filter, String passes, OffsetDateTime until) {
    try (Query query = handle.createQuery(COUNT)) {
      query.define("filter", passes).bind("look", MOST_COUNTED).bind("until", until);
      filter.bind(query);
      return query.mapTo(Long.class).one();
    }
  }

  /** What deleting the finished jobs of a filter would delete, their children aside. */
  public Preview ofPurge(Filter filter) {
    OffsetDateTime until = until(filter);
    return limited(
        handle -> {
          try (Query query = handle.createQuery(COUNT_FINISHED)) {
            query
                .define("filter", finishedOf(filter))
                .bind("until", until)
                .bind("look", MOST_COUNTED);
            filter.bind(query);
            List<Long> first =
                finished(handle, filter, Place.BEGINNING, until, SHOWN).jobs().stream()
                    .filter(job -> job.parent().isEmpty())
                    .map(Finished::id)
                    .toList();
            return query
                .map((row, context) -> new Preview(row.getLong(1), !row.getBoolean(2), first))
                .one();
          }
        });
  }

  private static String finishedOf(Filter filter) {
    return filter.state().map(state -> "state = '" + state.text() + "'").orElse("true")
        + filter.named();
  }

  /** Finished jobs from a place on, in the order in which they finished; 20,000 rows are read. */
  public FinishedJobs finished(Filter filter, Place from, OffsetDateTime until, int most) {
    return limited(handle -> finished(handle, filter, from, until, most));
  }

  /** One row of the answer: a job, or at the end the place to which was read. */
  private record Row(Place place, Finished job, @Nullable Boolean more) {
    static Row of(ResultSet row) throws SQLException {
      long id = row.getLong("id");
      return new Row(
          new Place(row.getObject("finished_at", OffsetDateTime.class), id),
          new Finished(
              id,
              Optional.ofNullable(row.getObject("parent_id", Long.class)),
              row.getBoolean("has_children")),
          row.getObject("more", Boolean.class));
    }
  }

  private static FinishedJobs finished(
      Handle handle, Filter filter, Place from, OffsetDateTime until, int most) {
    try (Query query = handle.createQuery(FINISHED)) {
      query
          .define("filter", finishedOf(filter))
          .bind("from", from.finishedAt())
          .bind("fromId", from.id())
          .bind("until", until)
          .bind("look", SCAN_LIMIT)
          .bind("most", most);
      filter.bind(query);
      List<Row> rows = query.map((row, context) -> Row.of(row)).list();
      List<Row> jobs = rows.stream().filter(row -> row.more() == null).toList();
      Optional<Place> next =
          jobs.size() == most
              ? Optional.of(jobs.get(most - 1).place())
              : rows.stream()
                  .filter(row -> Boolean.TRUE.equals(row.more()))
                  .map(Row::place)
                  .findFirst();
      return new FinishedJobs(jobs.stream().map(Row::job).toList(), next);
    }
  }

  /** Of some jobs that were to be deleted, those that are still there. */
  public List<Kept> kept(List<Long> ids) {
    return limited(
        handle ->
            handle
                .createQuery(KEPT)
                .bindArray("ids", Long.class, ids)
                .map((row, context) -> new Kept(row.getLong(1), row.getBoolean(2)))
                .list());
  }

  private <T> T limited(Function<Handle, T> work) {
    return jdbi.inTransaction(
        handle -> {
          handle.execute(LIMITS);
          return work.apply(handle);
        });
  }
}
