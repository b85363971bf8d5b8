package dev.millrace.job;

import dev.millrace.db.Sql;
import java.util.EnumMap;
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
  private static final String FIND = Sql.of(Jobs.class, "find");
  private static final String ENDED = Sql.of(Jobs.class, "ended");
  private static final String HOLDER = Sql.of(Jobs.class, "holder");
  private static final String CONTENT = Sql.of(Jobs.class, "content");
  private static final String ATTEMPTS = Sql.of(Jobs.class, "attempts");
  private static final String CHILDREN = Sql.of(Jobs.class, "children");
  private static final String LOG = Sql.of(Jobs.class, "log");
  private static final RowMapper<Job> JOB = ConstructorMapper.of(Job.class);

  private final Jdbi jdbi;

  public Jobs(Jdbi jdbi) {
    this.jdbi = jdbi;
  }

  /**
   * Jobs that pass a filter, newest first.
   *
   * @param before only jobs with a lower id: how a list is continued
   */
  public List<Job> list(JobFilter filter, OptionalLong before, int most) {
    StringBuilder sql = new StringBuilder(LIST).append(" WHERE true");
    before.ifPresent(id -> sql.append(" AND id < :before"));
    // the state stands in the text, so that the partial index of that state can serve
    filter.state().ifPresent(state -> sql.append(" AND state = '" + state.text() + "'"));
    filter.kind().ifPresent(kind -> sql.append(" AND kind = :kind"));
    filter.queue().ifPresent(queue -> sql.append(" AND queue = :queue"));
    sql.append(" ORDER BY id DESC LIMIT :most");
    return jdbi.withHandle(
        handle -> {
          try (Query query = handle.createQuery(sql).bind("most", most)) {
            before.ifPresent(id -> query.bind("before", id));
            filter.kind().ifPresent(kind -> query.bind("kind", kind));
            filter.queue().ifPresent(queue -> query.bind("queue", queue));
            return query.map(JOB).list();
          }
        });
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
  public Optional<Job> holder(String uniqueKey) {
    return jdbi.withHandle(
        handle -> handle.createQuery(HOLDER).bind("uniqueKey", uniqueKey).map(JOB).findOne());
  }

  /** One job with all that belongs to it. */
  public Optional<JobDetail> detail(long id) {
    return jdbi.inTransaction(
        TransactionIsolationLevel.REPEATABLE_READ,
        handle -> find(handle, id).map(job -> detail(handle, job)));
  }

  private static Optional<Job> find(Handle handle, long id) {
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
        .map((row, context) -> Map.entry(JobState.of(row.getString(1)), row.getLong(2)))
        .forEach(entry -> children.put(entry.getKey(), entry.getValue()));
    return children;
  }
}
