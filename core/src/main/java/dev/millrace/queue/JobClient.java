package dev.millrace.queue;

import dev.millrace.db.Database;
import dev.millrace.db.Sql;
import dev.millrace.health.Health;
import dev.millrace.job.Batch;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.redis.Redis;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/**
 * Enqueues jobs: a row in Postgres, and after the commit a hint in Redis. A job is acknowledged
 * when its row is committed; the hint may be lost, then the dispatcher finds the row within a
 * second. Thread-safe.
 */
public final class JobClient {
  private static final String INSERT = Sql.of(JobClient.class, "insert");
  private static final String HOLDER = Sql.of(JobClient.class, "holder");
  private static final String BATCH = Sql.of(JobClient.class, "batch");
  private static final String BATCH_COUNTED = Sql.of(JobClient.class, "batchCounted");

  /**
   * A job due sooner than this wakes the dispatcher, which looks at the clock this often by itself.
   */
  private static final Duration WITHIN = Duration.ofSeconds(1);

  private static final int HOLDER_TRIES = 10;

  /** The payloads of one statement, in characters. */
  private static final long AT_ONCE = 2_000_000;

  private final Jdbi jdbi;
  private final @Nullable GroupCommit together;
  private final DispatchWake wake;
  private final ReadyJobs ready;
  private final Health health = new Health();
  private final Hints hints;

  public JobClient(Jdbi jdbi, Redis redis, ReadyJobs ready) {
    this(jdbi, null, redis, ready);
  }

  /** As with a {@link Jdbi}; what threads enqueue at the same time then shares a statement. */
  public JobClient(Database database, Redis redis, ReadyJobs ready) {
    this(database.jdbi(), database.dataSource(), redis, ready);
  }

  private JobClient(Jdbi jdbi, @Nullable DataSource pool, Redis redis, ReadyJobs ready) {
    this.jdbi = jdbi;
    this.together = pool == null ? null : new GroupCommit(jobs -> insertThrough(pool, jobs));
    this.wake = new DispatchWake(redis);
    this.ready = ready;
    this.hints = new Hints(ready, health);
  }

  /** What is wrong with the thread that sends its hints. */
  public Health health() {
    return health;
  }

  /**
   * Enqueues one job, or answers with the unfinished job that holds its unique key. On a connection
   * of its own, also when the calling thread is in a transaction: the job is committed when this
   * returns, whatever becomes of that transaction. See {@link #enqueueIn(Handle, NewJob)}.
   */
  public Enqueued enqueue(NewJob job) {
    if (together != null && PlainInsert.fits(job)) {
      return enqueue(together, job);
    }
    Enqueued enqueued;
    try (Handle own = jdbi.open()) {
      enqueued = insert(own, job, null);
    }
    if (enqueued.created()) {
      announce(job, enqueued.jobId());
    }
    return enqueued;
  }

  private Enqueued enqueue(GroupCommit together, NewJob job) {
    try {
      GroupCommit.Answer answer = together.enqueue(job);
      GroupCommit.Committed toTell = answer.toTell();
      if (toTell != null && toTell.jobs().size() == 1) {
        announce(job, answer.jobId());
      } else if (toTell != null) {
        announceAll(toTell.jobs(), created(toTell.ids()));
      }
      return new Enqueued(answer.jobId(), true);
    } catch (SQLException e) {
      throw refused(job, e);
    }
  }

  private static List<Enqueued> created(List<Long> ids) {
    return ids.stream().map(id -> new Enqueued(id, true)).toList();
  }

  /**
   * Enqueues one job in the caller's transaction: it exists exactly if that commits. Call {@link
   * #announce} after the commit to have it run at once; the dispatcher finds it within a second
   * otherwise.
   */
  public Enqueued enqueueIn(Handle transaction, NewJob job) {
    return insert(transaction, job, null);
  }

  /**
   * Enqueues many jobs in one transaction of their own: all of them, or none. Answers in the order
   * given.
   */
  public List<Enqueued> enqueueAll(List<NewJob> jobs) {
    List<Enqueued> enqueued;
    try (Handle own = jdbi.open()) {
      enqueued =
          areSimple(jobs)
              ? insertMany(own, jobs, null)
              : own.inTransaction(handle -> insertAll(handle, jobs, null));
    }
    announceAll(jobs, enqueued);
    return enqueued;
  }

  /** As {@link #enqueueIn}, for many, in the order given; {@link #announceAll} after the commit. */
  public List<Enqueued> enqueueAllIn(Handle transaction, List<NewJob> jobs) {
    return insertAll(transaction, jobs, null);
  }

  /** A batch that has been enqueued: its parent, and its jobs in the order given. */
  public record EnqueuedBatch(long jobId, List<Enqueued> jobs) {
    public EnqueuedBatch {
      jobs = List.copyOf(jobs);
    }
  }

  /**
   * Enqueues jobs under a parent that waits for them, in the caller's transaction. A job whose
   * unique key another holds does not belong to the batch; with no other it has completed.
   */
  public EnqueuedBatch enqueueIn(Handle transaction, Batch batch) {
    long parent =
        transaction
            .createQuery(BATCH)
            .bind("kind", Batch.KIND)
            .bind("onChildFailure", batch.onChildFailure().text())
            .bind("callback", batch.callback().map(OptionsInsert::callback).orElse(null))
            .mapTo(Long.class)
            .one();
    List<Enqueued> children = insertAll(transaction, batch.jobs(), parent);
    int unused =
        transaction
            .createUpdate(BATCH_COUNTED)
            .bind("id", parent)
            .bind("children", children.stream().filter(Enqueued::created).count())
            .execute();
    if (children.stream().noneMatch(Enqueued::created)) {
      Families.ended(transaction, parent);
    }
    return new EnqueuedBatch(parent, children);
  }

  /** As {@link #enqueueIn(Handle, Batch)}, in a transaction of its own. */
  public EnqueuedBatch enqueue(Batch batch) {
    EnqueuedBatch enqueued;
    try (Handle own = jdbi.open()) {
      enqueued = own.inTransaction(handle -> enqueueIn(handle, batch));
    }
    announceAll(batch.jobs(), enqueued.jobs());
    return enqueued;
  }

  /**
   * Inserts the children of a job in the transaction that makes it wait for them; announce them
   * after the commit.
   */
  Children insertChildren(Handle transaction, List<NewJob> children, long parentId) {
    List<Enqueued> enqueued = insertAll(transaction, children, parentId);
    int uncounted = 0;
    for (int i = 0; i < children.size(); i++) {
      if (enqueued.get(i).created() && children.get(i).options().equals(JobOptions.NONE)) {
        uncounted++;
      }
    }
    return new Children(enqueued, uncounted);
  }

  /**
   * Children that were inserted, in the order given.
   *
   * @param uncounted so many of those created are not in the parent's count: {@code
   *     millrace.enqueue} counts, a plain insert does not
   */
  record Children(List<Enqueued> enqueued, int uncounted) {}

  /** Tells Redis of a job whose insert has been committed. Best effort. */
  public void announce(NewJob job, long jobId) {
    if (startsAtOnce(job)) {
      hints.send(lane(job), readyJob(job, jobId));
    }
    announce(wait(job));
  }

  /** Tells the dispatcher of a job that is to run after so long, when that is soon. Best effort. */
  void announce(Duration wait) {
    if (isSoon(wait)) {
      wake.send();
    }
  }

  private static boolean isSoon(Duration wait) {
    return !wait.isZero() && wait.compareTo(WITHIN) < 0;
  }

  /** How long a job waits that does not start at once. */
  private static Duration wait(NewJob job) {
    return job.options().debounce().map(JobOptions.Debounce::window).orElse(job.delay());
  }

  private static boolean startsAtOnce(NewJob job) {
    return job.delay().isZero()
        && job.options().debounce().map(JobOptions.Debounce::leading).orElse(true);
  }

  /** As {@link #announce}, for many. */
  public void announceAll(List<NewJob> jobs, List<Enqueued> enqueued) {
    Map<Lane, List<ReadyJob>> byLane = new HashMap<>();
    Lane lane = null;
    List<ReadyJob> ofLane = new ArrayList<>();
    boolean soon = false;
    for (int i = 0; i < jobs.size(); i++) {
      NewJob job = jobs.get(i);
      if (!enqueued.get(i).created()) {
        continue;
      }
      if (startsAtOnce(job)) {
        if (lane == null || !lane.isOf(job)) {
          lane = lane(job);
          ofLane = byLane.computeIfAbsent(lane, key -> new ArrayList<>());
        }
        ofLane.add(readyJob(job, enqueued.get(i).jobId()));
      }
      soon |= isSoon(wait(job));
    }
    if (soon) {
      wake.send();
    }
    byLane.forEach((of, hints) -> ready.push(of, hints, false));
  }

  private static Lane lane(NewJob job) {
    return new Lane(job.queue(), job.kind());
  }

  private static ReadyJob readyJob(NewJob job, long jobId) {
    return new ReadyJob(Rank.of(job.priority(), jobId), job.lockKey().orElse(null));
  }

  private static List<Enqueued> insertAll(
      Handle handle, List<NewJob> jobs, @Nullable Long parentId) {
    if (areSimple(jobs)) {
      return insertMany(handle, jobs, parentId);
    }
    List<Enqueued> answers = new ArrayList<>(jobs.size());
    jobs.forEach(job -> answers.add(insert(handle, job, parentId)));
    return answers;
  }

  /** Whether one statement can insert them all: nobody can stand in their way. */
  private static boolean areSimple(List<NewJob> jobs) {
    for (NewJob job : jobs) {
      if (job.uniqueKey().isPresent() || !job.options().equals(JobOptions.NONE)) {
        return false;
      }
    }
    return true;
  }

  private static Enqueued insert(Handle handle, NewJob job, @Nullable Long parentId) {
    if (!job.options().equals(JobOptions.NONE)) {
      return OptionsInsert.insert(handle, job, parentId);
    }
    try {
      if (PlainInsert.fits(job)) {
        long id = PlainInsert.few(handle.getConnection(), List.of(job), parentId).get(0);
        return new Enqueued(id, true);
      }
      for (int tries = 0; tries < HOLDER_TRIES; tries++) {
        Optional<Long> id = insertOne(handle.getConnection(), job, parentId);
        if (id.isPresent()) {
          return new Enqueued(id.get(), true);
        }
        Optional<Long> holder = holder(handle.getConnection(), job.uniqueKey().orElseThrow());
        if (holder.isPresent()) {
          return new Enqueued(holder.get(), false);
        }
        // the holder finished between the two statements: the key is free again
      }
      throw new QueueException(
          "the unique key of a "
              + job.kind()
              + " job changed hands too often; nothing was enqueued");
    } catch (SQLException e) {
      throw refused(job, e);
    }
  }

  private static List<Long> insertThrough(DataSource pool, List<NewJob> jobs) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      return PlainInsert.insert(connection, jobs);
    }
  }

  private static QueueException refused(NewJob job, SQLException e) {
    return new QueueException("a job of kind " + job.kind() + " could not be enqueued", e);
  }

  private static Optional<Long> insertOne(
      Connection connection, NewJob job, @Nullable Long parentId) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
      long delay = job.delay().toMillis();
      statement.setString(1, job.kind());
      statement.setString(2, job.queue());
      statement.setLong(3, delay);
      statement.setInt(4, job.priority());
      statement.setString(5, job.payload());
      statement.setLong(6, delay);
      statement.setObject(7, maxAttempts(job), Types.INTEGER);
      statement.setString(8, job.kind());
      statement.setString(9, job.lockKey().orElse(null));
      statement.setString(10, job.uniqueKey().orElse(null));
      statement.setObject(11, parentId, Types.BIGINT);
      statement.setString(12, job.backgroundWorker().orElse(null));
      statement.setString(13, job.trigger().text());
      return id(statement);
    }
  }

  /** Null: the kind's. */
  static @Nullable Integer maxAttempts(NewJob job) {
    return job.maxAttempts().isPresent() ? job.maxAttempts().getAsInt() : null;
  }

  private static Optional<Long> holder(Connection connection, String uniqueKey)
      throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(HOLDER)) {
      statement.setString(1, uniqueKey);
      return id(statement);
    }
  }

  private static Optional<Long> id(PreparedStatement statement) throws SQLException {
    try (ResultSet rows = statement.executeQuery()) {
      return rows.next() ? Optional.of(rows.getLong(1)) : Optional.empty();
    }
  }

  /** Jobs with long payloads in several statements: the driver copies what one is given. */
  private static List<Enqueued> insertMany(
      Handle handle, List<NewJob> jobs, @Nullable Long parentId) {
    List<Enqueued> created = new ArrayList<>(jobs.size());
    try {
      int from = 0;
      long characters = 0;
      for (int to = 1; to <= jobs.size(); to++) {
        characters += jobs.get(to - 1).payload().length();
        if (to == jobs.size() || characters > AT_ONCE) {
          created.addAll(
              created(PlainInsert.many(handle.getConnection(), jobs.subList(from, to), parentId)));
          from = to;
          characters = 0;
        }
      }
      return created;
    } catch (SQLException e) {
      throw new QueueException(jobs.size() + " jobs could not be enqueued; none of them was", e);
    }
  }
}
