package dev.millrace.job.read;

import dev.millrace.db.Sql;
import dev.millrace.job.JobState;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;

/** Reads jobs; {@code dev.millrace.queue} changes them. Thread-safe. */
public final class Jobs {
  private static final String LIST = Sql.of(Jobs.class, "list");
  private static final String FEW = Sql.of(Jobs.class, "few");
  private static final String END = Sql.of(Jobs.class, "end");
  private static final String LIMITS = Sql.of(Jobs.class, "limits");
  private static final String FIND = Sql.of(Jobs.class, "find");
  private static final String ENDED = Sql.of(Jobs.class, "ended");
  private static final String HOLDER = Sql.of(Jobs.class, "holder");
  private static final String CONTENT = Sql.of(Jobs.class, "content");
  private static final String ATTEMPTS = Sql.of(Jobs.class, "attempts");
  private static final String CHILDREN = Sql.of(Jobs.class, "children");
  private static final String LOG = Sql.of(Jobs.class, "log");
  private static final RowMapper<Job> JOB = ConstructorMapper.of(Job.class);

  /** The most rows that are read for a page of a list. */
  static final int SCAN_LIMIT = 20_000;

  /** The states of which an index has the jobs in the order of their ids. */
  private static final Set<JobState> INDEXED_BY_ID =
      EnumSet.of(JobState.WAITING, JobState.FAILED, JobState.CANCELLED);

  private final Jdbi jdbi;

  public Jobs(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Jobs that pass a filter, newest first. Of a table of any size it reads {@link #SCAN_LIMIT}
   * jobs: the newest, or the newest of the state where an index has them in that order. Those that
   * have not ended, and the children of one job, are all read as long as they are few, however old
   * they are.
   *
   * @param before only jobs with a lower id: how a list is continued
   */
  public Page<Job> list(JobFilter filter, OptionalLong before, int most) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> {
          handle.execute(LIMITS);
          Optional<Scope> live = Scope.ofLive(filter).filter(scope -> isFew(handle, scope, filter));
          Scope scope = live.orElseGet(() -> Scope.ofNewest(filter));
          List<Job> found = read(handle, scope, filter, before, most + 1);
          return Page.of(
              found,
              most,
              Job::id,
              () -> live.isPresent() ? OptionalLong.empty() : end(handle, scope, before));
        });
  }

  /** Which rows are read, and in which order: both as an index has them. */
  private record Scope(String rows, String order) {
    /** The children of one job, or those of a state that a job does not stay in. */
    static Optional<Scope> ofLive(JobFilter filter) {
      if (filter.more().parent().isPresent()) {
        return Optional.of(new Scope("parent_id = :parent", "parent_id"));
      }
      return filter
          .state()
          .flatMap(
              state ->
                  switch (state) {
                    case QUEUED ->
                        Optional.of(
                                "state = 'queued'"
                                    + (filter.queue().isPresent() ? " AND queue = :queue" : ""))
                            .map(rows -> new Scope(rows, "queue, kind, rank"));
                    case SCHEDULED -> Optional.of(new Scope("state = 'scheduled'", "run_at"));
                    case PROCESSING ->
                        Optional.of(
                            new Scope(
                                "state = 'processing' AND worker_id IS NOT NULL", "worker_id"));
                    case WAITING, COMPLETED, FAILED, CANCELLED -> Optional.empty();
                  });
    }

    static Scope ofNewest(JobFilter filter) {
      // the state stands in the text, so that the partial index of that state can serve
      String indexed =
          filter
              .state()
              .filter(INDEXED_BY_ID::contains)
              .map(state -> " AND state = '" + state.text() + "'")
              .orElse("");
      return new Scope("id < :before" + indexed, "id DESC");
    }
  }

  private static boolean isFew(Handle handle, Scope scope, JobFilter filter) {
    try (Query query = handle.createQuery(FEW)) {
      query.define("read", scope.rows()).define("order", scope.order()).bind("look", SCAN_LIMIT);
      filter.queue().ifPresent(queue -> query.bind("queue", queue));
      filter.more().parent().ifPresent(parent -> query.bind("parent", parent));
      return query.mapTo(Boolean.class).one();
    }
  }

  private static List<Job> read(
      Handle handle, Scope scope, JobFilter filter, OptionalLong before, int most) {
    JobConditions conditions = JobConditions.of(filter);
    try (Query query = handle.createQuery(LIST)) {
      query
          .define("read", scope.rows())
          .define("order", scope.order())
          .define("filter", conditions.sql())
          .bind("before", before.orElse(Long.MAX_VALUE))
          .bind("look", SCAN_LIMIT)
          .bind("most", most);
      conditions.bindTo(query);
      return query.map(JOB).list();
    }
  }

  private static OptionalLong end(Handle handle, Scope scope, OptionalLong before) {
    return handle
        .createQuery(END)
        .define("read", scope.rows())
        .bind("before", before.orElse(Long.MAX_VALUE))
        .bind("look", SCAN_LIMIT)
        .mapTo(Long.class)
        .findOne()
        .map(OptionalLong::of)
        .orElse(OptionalLong.empty());
  }

  public Optional<Job> find(long id) {
    return jdbi.withHandle(handle -> find(handle, id));
  }

  /** Those of some jobs that have ended, by id. */
  public Map<Long, Job> ended(Set<Long> ids) {
    return jdbi.withHandle(
        handle ->
            handle
                .createQuery(ENDED)
                .bindArray("ids", Long.class, ids)
                .map(JOB)
                .collect(Collectors.toMap(Job::id, Function.identity())));
  }

  /** The unfinished job that holds a unique key. */
  public Optional<Job> holder(String kind, String uniqueKey) {
    return jdbi.withHandle(handle -> holder(handle, kind, uniqueKey));
  }

  /** As {@link #holder(String, String)}, in the caller's transaction. */
  public static Optional<Job> holder(Handle handle, String kind, String uniqueKey) {
    return handle
        .createQuery(HOLDER)
        .bind("kind", kind)
        .bind("uniqueKey", uniqueKey)
        .map(JOB)
        .findOne();
  }

  /** One job with all that belongs to it. */
  public Optional<JobDetail> detail(long id) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> find(handle, id).map(job -> detail(handle, job)));
  }

  /** As {@link #find(long)}, in the caller's transaction. */
  public static Optional<Job> find(Handle handle, long id) {
    return handle.createQuery(FIND).bind("id", id).map(JOB).findOne();
  }

  private static JobDetail detail(Handle handle, Job job) {
    return handle
        .createQuery(CONTENT)
        .bind("id", job.id())
        .map(
            (row, context) ->
                new JobDetail(
                    job,
                    row.getString("payload"),
                    row.getString("result"),
                    ofJob(handle, ATTEMPTS, job, JobDetail.Attempt.class),
                    children(handle, job),
                    ofJob(handle, LOG, job, JobDetail.LogLine.class)))
        .one();
  }

  private static <T> List<T> ofJob(Handle handle, String sql, Job job, Class<T> type) {
    return handle.createQuery(sql).bind("id", job.id()).map(ConstructorMapper.of(type)).list();
  }

  private static Map<JobState, Long> children(Handle handle, Job job) {
    Map<JobState, Long> children = new EnumMap<>(JobState.class);
    handle
        .createQuery(CHILDREN)
        .bind("id", job.id())
        .bind("most", JobDetail.MOST_CHILDREN)
        .map((row, context) -> Map.entry(JobState.of(row.getString(1)), row.getLong(2)))
        .forEach(entry -> children.put(entry.getKey(), entry.getValue()));
    return children;
  }
}
