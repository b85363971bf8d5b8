package dev.millrace.drills.testbed;

import dev.millrace.MillraceException;
import dev.millrace.drills.DrillException;
import dev.millrace.drills.child.EffectHandler;
import dev.millrace.drills.child.EffectPayload;
import dev.millrace.job.Enqueued;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobKind;
import dev.millrace.job.NewJob;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.JdbiException;

/**
 * The client of a drill: enqueues, and notes in its ledger what was acknowledged. An enqueue that
 * failed is in doubt, and is not repeated: it may be a job or not, but never two. One thread at a
 * time may use it.
 */
public final class JobProducer {
  private final JobClient client;
  private final Ledger ledger;
  private final Random random;
  private final Work work;
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong inDoubt = new AtomicLong();
  private volatile boolean ended;

  /**
   * How long the jobs take: up to this much for each of their three parts.
   *
   * @param after also the least, half of it: the time in which an effect is committed and its job
   *     not yet recorded
   * @param priorities how many there are, at least 1
   */
  public record Work(int before, int inside, int after, int priorities) {
    /** Sixty milliseconds or so in all, so that a signal mostly hits a running job. */
    public static final Work SHORT = new Work(20, 30, 40, 3);

    /** All of one priority, so that a rescued job, which is older than most, waits for no other. */
    public Work inOrder() {
      return new Work(before, inside, after, 1);
    }
  }

  JobProducer(JobClient client, Ledger ledger, Random random, Work work) {
    this.client = client;
    this.ledger = ledger;
    this.random = random;
    this.work = work;
  }

  /** Enqueues jobs in one transaction. */
  public List<Long> enqueue(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(job());
    }
    return send(jobs);
  }

  /** Enqueues one job with a lock key. */
  public List<Long> enqueueLocked(String lockKey, int millis) {
    EffectPayload payload = new EffectPayload(numbers.incrementAndGet(), millis, 0, 0, false);
    return send(List.of(NewJob.of(EffectHandler.KIND, payload).withLockKey(lockKey)));
  }

  /** Enqueues jobs with one lock key that take no time at all, in one transaction. */
  public void enqueueLockedEmpty(String lockKey, int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      EffectPayload payload = new EffectPayload(numbers.incrementAndGet(), 0, 0, 0, false);
      jobs.add(NewJob.of(EffectHandler.KIND, payload).withLockKey(lockKey));
    }
    send(jobs);
  }

  /** Enqueues one job of another kind than the drill's workers know. */
  public List<Long> enqueueOther(JobKind<EffectPayload> kind) {
    EffectPayload payload = new EffectPayload(numbers.incrementAndGet(), 0, 0, 0, false);
    return send(List.of(NewJob.of(kind, payload)));
  }

  /** Enqueues jobs that take no time at all, in one transaction. */
  public void enqueueEmpty(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(
          NewJob.of(
              EffectHandler.KIND, new EffectPayload(numbers.incrementAndGet(), 0, 0, 0, false)));
    }
    send(jobs);
  }

  /** Enqueues jobs that stay in their transaction for so long. */
  public void enqueueLong(int count, int millis) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(
          NewJob.of(
              EffectHandler.KIND,
              new EffectPayload(numbers.incrementAndGet(), 0, millis, 0, false)));
    }
    send(jobs);
  }

  /** Enqueues one job that kills the process that runs it. */
  public void enqueuePoison() {
    EffectPayload payload = new EffectPayload(numbers.incrementAndGet(), 5, 0, 0, true);
    send(List.of(NewJob.of(EffectHandler.KIND, payload).withMaxAttempts(2)));
  }

  /**
   * Enqueues one job that kills the process that runs it, with many attempts, amid others that work
   * for some time and have but two, in one transaction.
   */
  public void enqueuePoisonAmid(int others) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i <= others; i++) {
      boolean poison = i == others / 4;
      EffectPayload payload =
          new EffectPayload(numbers.incrementAndGet(), poison ? 150 : 300, 0, 0, poison);
      jobs.add(NewJob.of(EffectHandler.KIND, payload).withMaxAttempts(poison ? 8 : 2));
    }
    send(jobs);
  }

  private NewJob job() {
    EffectPayload payload =
        new EffectPayload(
            numbers.incrementAndGet(),
            random.nextInt(work.before() + 1),
            random.nextInt(work.inside() + 1),
            work.after() / 2 + random.nextInt(work.after() / 2 + 1),
            false);
    return NewJob.of(EffectHandler.KIND, payload).withPriority(random.nextInt(work.priorities()));
  }

  private List<Long> send(List<NewJob> jobs) {
    try {
      List<Long> ids =
          jobs.size() == 1
              ? List.of(client.enqueue(jobs.get(0)).jobId())
              : client.enqueueAll(jobs).stream().map(Enqueued::jobId).toList();
      ledger.acknowledged(ids);
      return ids;
    } catch (DrillException e) {
      throw e;
    } catch (MillraceException | JdbiException e) {
      inDoubt.addAndGet(jobs.size());
      return List.of();
    }
  }

  /**
   * Enqueues in the background, in small transactions, as fast as told, while the drill goes on: so
   * many jobs at least, and more until the drill says that it is enough.
   *
   * @param perSecond jobs per second
   */
  public Feed enqueueSteadily(int count, int perSecond) {
    int batch = Math.max(1, perSecond / 20);
    Duration pause = Duration.ofMillis(1000L * batch / perSecond);
    AtomicBoolean enough = new AtomicBoolean();
    CompletableFuture<Void> feeding =
        CompletableFuture.runAsync(
            () -> {
              for (int sent = 0; !ended && (sent < count || !enough.get()); sent += batch) {
                enqueue(batch);
                Waits.pause(pause);
              }
            },
            task -> {
              Thread thread = new Thread(task, "drill-feeder");
              thread.setDaemon(true);
              thread.start();
            });
    return new Feed(enough, feeding);
  }

  /** Nothing more is enqueued in the background. */
  void end() {
    ended = true;
  }

  /** Jobs that are being enqueued. */
  public static final class Feed {
    private final AtomicBoolean enough;
    private final CompletableFuture<Void> feeding;

    private Feed(AtomicBoolean enough, CompletableFuture<Void> feeding) {
      this.enough = enough;
      this.feeding = feeding;
    }

    /** Comes back when the last of them was enqueued. */
    public void finish() {
      enough.set(true);
      feeding.join();
    }
  }

  public long acknowledged() {
    return ledger.count();
  }

  /** How many jobs may have been enqueued or not: their answer was an error. */
  public long inDoubt() {
    return inDoubt.get();
  }
}
