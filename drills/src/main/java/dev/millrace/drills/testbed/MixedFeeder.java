package dev.millrace.drills.testbed;

import dev.millrace.MillraceException;
import dev.millrace.drills.DrillException;
import dev.millrace.drills.child.MixedHandler;
import dev.millrace.drills.child.MixedPayload;
import dev.millrace.job.Batch;
import dev.millrace.job.Enqueued;
import dev.millrace.job.EnqueuedBatch;
import dev.millrace.job.JobClient;
import dev.millrace.job.JobOptions;
import dev.millrace.job.NewJob;
import dev.millrace.job.OnChildFailure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/**
 * Enqueues jobs of every shape the queue knows, in random order: plain ones, lock keys, limits,
 * unique keys, debounce, batches, parents, callbacks, snoozes, retries, failures and jobs of
 * background workers. One thread at a time may use it.
 */
public final class MixedFeeder {
  /** The background workers that jobs belong to; {@link #prepare} makes them. */
  public static final int BACKGROUND_WORKERS = 3;

  private static final int LOCK_KEYS = 5;
  private static final int LIMIT_KEYS = 3;
  private static final int LIMIT = 2;
  private static final int UNIQUE_KEYS = 20;
  private static final int DEBOUNCED_KEYS = 8;
  private static final int MILLIS = 30;
  private static final Duration WINDOW = Duration.ofMillis(300);

  private final JobClient client;
  private final Ledger ledger;
  private final Random random;
  private final Jdbi account;
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicLong inDoubt = new AtomicLong();

  MixedFeeder(JobClient client, Ledger ledger, Random random, Jdbi account) {
    this.client = client;
    this.ledger = ledger;
    this.random = random;
    this.account = account;
  }

  /** The rows that jobs of background workers are shown in; nothing schedules them. */
  public void prepare() {
    account.useHandle(
        handle ->
            handle.execute(
                "INSERT INTO public.background_workers (worker_name, enabled, kind)"
                    + " SELECT 'mixed_' || n, false, 'drill.mixed' FROM generate_series(1, ?) n",
                BACKGROUND_WORKERS));
  }

  /** Enqueues one job or one family, of a shape that chance decides. */
  public void enqueue() {
    try {
      switch (random.nextInt(12)) {
        case 0 -> send(job(plain()).withLockKey("lock-" + random.nextInt(LOCK_KEYS)));
        case 1 -> limited();
        case 2 -> send(job(plain()).withUniqueKey("unique-" + random.nextInt(UNIQUE_KEYS)));
        case 3 -> debounced();
        case 4 -> batch(MixedPayload.plain(next(), MILLIS), OnChildFailure.CONTINUE);
        case 5 -> batch(MixedPayload.failing(next()), OnChildFailure.FAIL);
        case 6 -> send(family(2, 0));
        case 7 -> send(family(2, 1));
        case 8 -> send(job(new MixedPayload(next(), MILLIS, 1, 2, 0, 0, false)));
        case 9 ->
            send(
                job(plain())
                    .forBackgroundWorker("mixed_" + (1 + random.nextInt(3)))
                    .withPriority(1));
        case 10 -> send(job(MixedPayload.failing(next())).withMaxAttempts(2));
        default -> send(job(plain()));
      }
    } catch (DrillException e) {
      throw e;
    } catch (MillraceException | JdbiException e) {
      inDoubt.incrementAndGet();
    }
  }

  /** Enqueues plain jobs in one transaction, more than are run at once. */
  public void enqueueBurst(int count) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      jobs.add(job(plain()));
    }
    try {
      acknowledge(client.enqueueAll(jobs));
    } catch (MillraceException | JdbiException e) {
      inDoubt.addAndGet(count);
    }
  }

  private long next() {
    return numbers.incrementAndGet();
  }

  private MixedPayload plain() {
    return MixedPayload.plain(next(), random.nextInt(MILLIS));
  }

  private static NewJob job(MixedPayload payload) {
    return NewJob.of(MixedHandler.KIND, payload);
  }

  /** Twice as many jobs as may run at once, so that queue workers compete for the slots. */
  private void limited() {
    JobOptions.Limit limit = new JobOptions.Limit("limit-" + random.nextInt(LIMIT_KEYS), LIMIT);
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < 2 * LIMIT; i++) {
      jobs.add(job(plain()).with(JobOptions.NONE.limitedTo(limit)));
    }
    acknowledge(client.enqueueAll(jobs));
  }

  /** A parent that enqueues children while it runs, with a callback that has to come last. */
  private NewJob family(int spawned, int children) {
    MixedPayload parent = new MixedPayload(next(), MILLIS, 0, 0, spawned, children, false);
    return job(parent).with(JobOptions.NONE.followedBy(callback()));
  }

  private NewJob callback() {
    return job(MixedPayload.plain(next(), 0));
  }

  private void batch(MixedPayload last, OnChildFailure onChildFailure) {
    List<NewJob> jobs = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      jobs.add(job(plain()));
    }
    jobs.add(job(last).withMaxAttempts(last.fails() ? 1 : 100));
    EnqueuedBatch sent = client.enqueue(new Batch(jobs, onChildFailure, Optional.of(callback())));
    acknowledge(sent.jobs());
    ledger.acknowledged(List.of(sent.jobId()));
  }

  /** What the call brought has to take effect, in this call's job or in one that came later. */
  private void debounced() {
    String key = "debounced-" + random.nextInt(DEBOUNCED_KEYS);
    MixedPayload payload = plain();
    JobOptions options =
        JobOptions.NONE.debounced(
            new JobOptions.Debounce(WINDOW, WINDOW.multipliedBy(3), JobOptions.Merge.REPLACE));
    acknowledge(List.of(client.enqueue(job(payload).withUniqueKey(key).with(options))));
    account.useHandle(
        handle -> handle.execute("INSERT INTO drill.calls VALUES (?, ?)", key, payload.number()));
  }

  private void send(NewJob job) {
    acknowledge(List.of(client.enqueue(job)));
  }

  /** A job that another call made was acknowledged to that call. */
  private void acknowledge(List<Enqueued> jobs) {
    ledger.acknowledged(jobs.stream().filter(Enqueued::created).map(Enqueued::jobId).toList());
  }

  /** How many calls ended in an error. */
  public long inDoubt() {
    return inDoubt.get();
  }
}
