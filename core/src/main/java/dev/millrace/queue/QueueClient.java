package dev.millrace.queue;

import dev.millrace.db.Database;
import dev.millrace.db.Sql;
import dev.millrace.health.Health;
import dev.millrace.job.Batch;
import dev.millrace.job.Enqueued;
import dev.millrace.job.EnqueuedBatch;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.redis.Redis;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/**
 * Enqueues jobs; threads that enqueue plain jobs at the same time share a statement. Thread-safe.
 */
public final class QueueClient implements JobClient {
  private static final String BATCH = Sql.of(QueueClient.class, "batch");
  private static final String BATCH_COUNTED = Sql.of(QueueClient.class, "batchCounted");

  /**
   * A job due sooner than this wakes the dispatcher, which otherwise checks the clock this often.
   */
  private static final Duration WITHIN = Duration.ofSeconds(1);

  private final Jdbi jdbi;
  private final GroupCommit groupCommit;
  private final DispatchWake wake;
  private final ReadyJobs ready;
  private final Health health = new Health();
  private final Hints hints;

  public QueueClient(Database database, Redis redis, ReadyJobs ready) {
    this.jdbi = database.jdbi();
    this.groupCommit = new GroupCommit(jobs -> JobInsert.through(database.dataSource(), jobs));
    this.wake = new DispatchWake(redis);
    this.ready = ready;
    this.hints = new Hints(ready, health);
  }

  /** What is wrong with the thread that sends its hints. */
  public Health health() {
    return health;
  }

  @Override
  public Enqueued enqueue(NewJob job) {
    if (PlainInsert.fits(job)) {
      return enqueueWithOthers(job);
    }
    try (Handle own = jdbi.open()) {
      return enqueueIn(own, job);
    }
  }

  private Enqueued enqueueWithOthers(NewJob job) {
    try {
      GroupCommit.Answer answer = groupCommit.enqueue(job);
      GroupCommit.Committed committed = answer.toAnnounce();
      if (committed != null && committed.jobs().size() == 1) {
        announce(job, answer.jobId());
      } else if (committed != null) {
        announceAll(committed.jobs(), JobInsert.created(committed.ids()));
      }
      return new Enqueued(answer.jobId(), true);
    } catch (SQLException e) {
      throw JobInsert.refused(job, e);
    }
  }

  @Override
  public Enqueued enqueueIn(Handle transaction, NewJob job) {
    Enqueued enqueued = JobInsert.one(transaction, job, null);
    if (enqueued.created()) {
      afterCommit(transaction, () -> announce(job, enqueued.jobId()));
    }
    return enqueued;
  }

  private static void afterCommit(Handle handle, Runnable announcement) {
    if (handle.isInTransaction()) {
      handle.afterCommit(announcement);
    } else {
      announcement.run();
    }
  }

  @Override
  public List<Enqueued> enqueueAll(List<NewJob> jobs) {
    try (Handle own = jdbi.open()) {
      return JobInsert.takesOneStatement(jobs)
          ? enqueueAllIn(own, jobs)
          : own.inTransaction(handle -> enqueueAllIn(handle, jobs));
    }
  }

  @Override
  public List<Enqueued> enqueueAllIn(Handle transaction, List<NewJob> jobs) {
    List<Enqueued> enqueued = JobInsert.all(transaction, jobs, null);
    afterCommit(transaction, () -> announceAll(jobs, enqueued));
    return enqueued;
  }

  @Override
  public EnqueuedBatch enqueue(Batch batch) {
    try (Handle own = jdbi.open()) {
      return own.inTransaction(handle -> enqueueIn(handle, batch));
    }
  }

  @Override
  public EnqueuedBatch enqueueIn(Handle transaction, Batch batch) {
    long parent =
        transaction
            .createQuery(BATCH)
            .bind("kind", Batch.KIND)
            .bind("onChildFailure", batch.onChildFailure().text())
            .bind("callback", batch.callback().map(OptionsInsert::callback).orElse(null))
            .mapTo(Long.class)
            .one();
    List<Enqueued> children = JobInsert.all(transaction, batch.jobs(), parent);
    transaction
        .createUpdate(BATCH_COUNTED)
        .bind("id", parent)
        .bind("children", children.stream().filter(Enqueued::created).count())
        .execute();
    if (children.stream().noneMatch(Enqueued::created)) {
      Families.ended(transaction, parent);
    }
    afterCommit(transaction, () -> announceAll(batch.jobs(), children));
    return new EnqueuedBatch(parent, children);
  }

  /**
   * Inserts the children of a job in the transaction that makes it wait for them, and announces
   * them when that commits.
   */
  Children insertChildren(Handle transaction, List<NewJob> children, long parentId) {
    List<Enqueued> enqueued = JobInsert.all(transaction, children, parentId);
    int uncounted = 0;
    for (int i = 0; i < children.size(); i++) {
      if (enqueued.get(i).created() && children.get(i).options().equals(JobOptions.NONE)) {
        uncounted++;
      }
    }
    afterCommit(transaction, () -> announceAll(children, enqueued));
    return new Children(enqueued, uncounted);
  }

  /**
   * Children that were inserted, in the order given.
   *
   * @param uncounted how many of those created are not in the parent's count: {@code
   *     millrace.enqueue} counts, a plain insert does not
   */
  record Children(List<Enqueued> enqueued, int uncounted) {}

  /** Sends the hint of a job whose insert has been committed. Best effort. */
  public void announce(NewJob job, long jobId) {
    if (startsAtOnce(job)) {
      hints.send(lane(job), readyJob(job, jobId));
    }
    announce(wait(job));
  }

  /** Wakes the dispatcher for a job that is due within a second. Best effort. */
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
}
