package dev.millrace.worker;

import dev.millrace.health.Guarded;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.job.JobKind;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.ClaimedJob;
import dev.millrace.queue.Claims;
import dev.millrace.queue.DirectClaims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.Pauses;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.UnacknowledgedClaims;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's share of a queue: claims jobs, runs them with a fixed number of hands, records what
 * came of them. See the package documentation for what happens when any part of it stops.
 */
public final class QueueWorker implements AutoCloseable {
  /** What a worker uses at most at once for claims, records and heartbeats. */
  public static final int DATABASE_CONNECTIONS = 6;

  private static final Logger log = LoggerFactory.getLogger(QueueWorker.class);
  private static final Duration DEFAULT_TIMEOUT = Duration.ofMinutes(30);
  private static final Duration WATCH = Duration.ofMillis(250);

  /** What is done aside is a statement with its time-out, and a few calls of Redis. */
  private static final Duration LONGEST_ASIDE = Duration.ofMinutes(1);

  /**
   * A claimed job that no hand has taken for this long goes back to the queue: another worker may
   * have a hand free.
   */
  private static final Duration STALE_BUFFER = Duration.ofSeconds(1);

  /** No jobs are claimed ahead for an executor thread that has run one attempt for this long. */
  private static final Duration SLOW = Duration.ofMillis(100);

  /** So many outcomes that cannot be recorded yet take no room from other jobs. */
  private static final int MOST_POSTPONED = 1_000;

  /**
   * How this worker works.
   *
   * @param name stays over restarts, {@code WORKER_ID}; the worker id of each life is made from it
   * @param concurrency how many jobs run at once, at least 1
   * @param drain how long a stop waits for running jobs
   */
  public record Settings(String name, String queue, int concurrency, Duration drain) {
    public Settings {
      if (concurrency < 1) {
        throw new IllegalArgumentException("concurrency must be >= 1, was " + concurrency);
      }
    }
  }

  /**
   * What a worker is made of.
   *
   * @param jdbi for what the worker itself asks and records
   * @param work in whose transactions its handlers work, of a {@link dev.millrace.db.HandlerPool}
   *     with a connection for each job that runs
   */
  public record Parts(
      Jdbi jdbi,
      Jdbi work,
      ReadyJobs ready,
      JobResults results,
      JobLocks locks,
      ProgressBoard board,
      Leases leases) {}

  private final Settings settings;
  private final Parts parts;
  private final Handlers handlers;
  private final Attempt.Dependencies dependencies;
  private final JobLog jobLog;
  private final Runner runner;
  private final ResultRecorder recorder;
  private final ClaimLoop claimLoop;
  private final WorkerLease lease;
  private final PrefetchLimiter limiter = new PrefetchLimiter();

  /** By fence: a job may come back while the attempt that lost it still runs. */
  private final Map<Long, Attempt> held = new ConcurrentHashMap<>();

  private final Health health = new Health();
  private final PrefetchQueue prefetched = new PrefetchQueue();
  private final Semaphore letGo = new Semaphore(0);
  private final GuardedTasks aside =
      new GuardedTasks(
          "refill",
          health,
          LONGEST_ASIDE,
          Executors.newSingleThreadExecutor(task -> thread("refill", task)));
  private final PeriodicTask heartbeat;
  private final PeriodicTask watch = new PeriodicTask("watch", health, WATCH, this::checkAttempts);
  private final PeriodicTask pauses;
  private final ExecutorThreads executors;
  private final Thread recording;
  private volatile boolean stopping;

  /** How many executor threads have been busy with one attempt for longer than {@link #SLOW}. */
  private volatile int stuck;

  public QueueWorker(Settings settings, Parts parts, Handlers handlers) {
    this.settings = settings;
    this.parts = parts;
    this.handlers = handlers;
    this.jobLog = new JobLog(parts.jdbi());
    this.dependencies = new Attempt.Dependencies(parts.work(), parts.board(), jobLog);
    this.runner = new Runner(handlers);
    this.executors = new ExecutorThreads(settings.concurrency(), prefetched, health, this::runOne);
    Claims claims = new Claims(parts.jdbi());
    JobFetcher fetcher =
        new JobFetcher(
            new JobFetcher.Parts(
                parts.ready(),
                claims,
                new DirectClaims(parts.jdbi()),
                parts.locks(),
                new Pauses(parts.jdbi()),
                aside),
            settings.queue(),
            handlers.kinds());
    this.lease =
        new WorkerLease(
            parts.leases(),
            new Leases.Registration(
                "",
                settings.name(),
                WorkerLease.host(),
                ProcessHandle.current().pid(),
                List.of(settings.queue()),
                handlers.kinds(),
                settings.concurrency()),
            new WorkerLease.Consumers(
                () -> stopAll(Attempt.Stop.LEASE_LOST),
                cancelled -> cancelled.forEach(this::cancel)),
            health);
    health.add("locks", parts.locks()::trouble);
    health.add("redis", parts.ready()::trouble);
    this.pauses = new PeriodicTask("pauses", health, Duration.ofSeconds(1), fetcher::readPauses);
    this.heartbeat = new PeriodicTask("heartbeat", health, lease.period(), lease::heartbeat);
    this.recorder =
        new ResultRecorder(
            new ResultRecorder.Parts(
                parts.results(), claims, parts.ready(), parts.locks(), parts.board(), jobLog),
            new ResultRecorder.Consumers(this::release, lease::held, () -> !prefetched.isEmpty()));
    Supply supply = new Supply();
    this.claimLoop =
        new ClaimLoop(
            new ClaimLoop.Parts(
                fetcher,
                new UnacknowledgedClaims(parts.jdbi(), claims),
                parts.results(),
                parts.ready(),
                new Suspects(
                    new Suspects.Parts(claims, parts.leases(), settings.queue(), handlers.kinds()),
                    supply)),
            lease,
            settings.concurrency(),
            supply,
            health);
    Health.Pulse recorded = health.pulse("record", ResultRecorder.LONGEST_STEP);
    this.recording =
        thread("record", new Guarded("record", recorded, () -> recorder.run(recorded)));
  }

  /**
   * Registers and begins to claim. Comes back when the first heartbeat was tried and the kinds were
   * told, whether Postgres answered or not.
   */
  public void start() {
    CompletableFuture<Boolean> told = aside.ask(this::registerKinds);
    lease.heartbeat();
    heartbeat.start();
    watch.start();
    pauses.start();
    recording.start();
    executors.start();
    claimLoop.start();
    log.info(
        "queue worker listening queue={} worker={} concurrency={} kinds={}",
        settings.queue(),
        lease.workerId(),
        settings.concurrency(),
        handlers.kinds());
    told.join();
  }

  /** Enqueuers wait for it, the first claim does not. */
  private boolean registerKinds() {
    try {
      KindRegistration.register(parts.jdbi(), handlers);
      return true;
    } catch (RuntimeException e) {
      log.warn("the kinds of this worker could not be told: {}", e.getMessage());
      return false;
    }
  }

  /** What its heartbeats report; to be added to by who knows more of this process. */
  public Health health() {
    return health;
  }

  /** The id of this life, as job rows show it; empty before the first registration. */
  public String workerId() {
    return lease.workerId();
  }

  /** How many jobs this process holds: running, waiting for a hand, or being recorded. */
  public int holding() {
    return held.size();
  }

  /** What the intake fills. */
  private final class Supply implements ClaimLoop.Holder, Suspects.Holder {
    @Override
    public int most() {
      return settings.concurrency() + limiter.ahead(settings.concurrency() - stuck);
    }

    @Override
    public int holding() {
      return held.size() - Math.min(MOST_POSTPONED, recorder.postponed());
    }

    @Override
    public boolean buffers() {
      return !prefetched.isEmpty();
    }

    @Override
    public boolean isEmpty() {
      return held.isEmpty();
    }

    @Override
    public boolean isStuck() {
      return recorder.postponed() > 0;
    }

    @Override
    public boolean holds(long fence) {
      return held.containsKey(fence);
    }

    @Override
    public List<Long> fences() {
      return List.copyOf(held.keySet());
    }

    @Override
    public void take(String workerId, List<JobFetcher.Fetched> fetched) {
      QueueWorker.this.take(workerId, fetched);
    }
  }

  private void take(String workerId, List<JobFetcher.Fetched> fetched) {
    List<Attempt> attempts = fetched.stream().map(this::attempt).filter(this::isNew).toList();
    if (!lease.held(workerId)) { // who lost the lease may not have seen them
      attempts.forEach(attempt -> attempt.stop(Attempt.Stop.LEASE_LOST));
    }
    if (stopping) {
      attempts.forEach(
          attempt -> recorder.add(new AttemptResult.Back(attempt, Duration.ZERO, false)));
    } else {
      prefetched.addAll(attempts);
    }
  }

  /**
   * Holds an attempt. After a failover to a standby that lacks the last of the log, Postgres may
   * mint a fence that is held here already: for the same job, which then goes on to run under the
   * claim that the standby knows; or for another, which goes back.
   */
  private boolean isNew(Attempt attempt) {
    Attempt before = held.putIfAbsent(attempt.fence(), attempt);
    if (before == null) {
      return true;
    }
    log.warn(
        "fence {} of job {} is held for job {} already: Postgres has forgotten claims",
        attempt.fence(),
        attempt.jobId(),
        before.jobId());
    JobLocks.Held lock = attempt.lock();
    if (before.jobId() != attempt.jobId()) {
      recorder.add(new AttemptResult.Back(attempt, Duration.ZERO, false));
    } else if (lock != null) {
      parts.locks().release(List.of(lock));
    }
    return false;
  }

  private Attempt attempt(JobFetcher.Fetched fetched) {
    ClaimedJob job = fetched.job();
    Duration own = job.timeLimit();
    Duration timeout =
        own == null ? handlers.kind(job.kind()).map(JobKind::timeout).orElse(DEFAULT_TIMEOUT) : own;
    return new Attempt(job, fetched.lock(), timeout, dependencies);
  }

  /** An attempt whose end is lost is not held any more, so that its claim is handed back. */
  private boolean runOne(Attempt attempt) {
    try {
      attempt.begin();
      return finish(attempt);
    } catch (RuntimeException | Error e) {
      release(List.of(attempt));
      throw e;
    }
  }

  /** Returns false when somebody else has said how the attempt has ended. */
  private boolean finish(Attempt attempt) {
    AttemptResult end;
    try {
      end = runner.run(attempt);
    } catch (RuntimeException | Error e) {
      log.error("job {} could not be run; it goes back", attempt.jobId(), e);
      executors.failed(e);
      end = new AttemptResult.Back(attempt, Duration.ofSeconds(1), false);
    }
    if (!attempt.end()) {
      return false;
    }
    limiter.note(attempt.job().kind(), (double) attempt.running().toNanos());
    recorder.add(end);
    return true;
  }

  private void release(List<Attempt> attempts) {
    attempts.forEach(attempt -> held.remove(attempt.fence(), attempt));
    claimLoop.roomMade();
    letGo.release();
  }

  private void checkAttempts() {
    lease.check();
    int slow = 0;
    for (Attempt attempt : held.values()) {
      if (attempt.isRunning() && attempt.running().compareTo(SLOW) > 0) {
        slow++;
      }
      if (attempt.overtime()) {
        attempt.stop(Attempt.Stop.TIMED_OUT);
      }
      attempt.abortIfStuck();
      if (!stopping && attempt.giveUp()) {
        executors.giveOneUp();
        recorder.add(runner.giveUp(attempt));
      }
    }
    executors.replaceMissing();
    stuck = Math.min(slow, settings.concurrency());
    Attempt oldest = prefetched.first();
    if (oldest != null && oldest.waited().compareTo(STALE_BUFFER) > 0) {
      handBackWaiting();
    }
  }

  private void cancel(long jobId) {
    held.values().stream()
        .filter(attempt -> attempt.jobId() == jobId)
        .forEach(attempt -> attempt.stop(Attempt.Stop.CANCELLED));
  }

  private void stopAll(Attempt.Stop why) {
    held.values().forEach(attempt -> attempt.stop(why));
  }

  private void handBackWaiting() {
    List<Attempt> unstarted = new ArrayList<>();
    prefetched.drainTo(unstarted);
    unstarted.forEach(
        attempt -> recorder.add(new AttemptResult.Back(attempt, Duration.ZERO, false)));
  }

  /**
   * Stops in order: claims no more, hands back what has not started, waits for the running jobs as
   * long as the settings say, then stops those and hands them back with the attempt not spent.
   * Idempotent.
   */
  @Override
  public synchronized void close() {
    if (stopping) {
      return;
    }
    log.info("queue worker stopping worker={} holding={}", lease.workerId(), held.size());
    stopping = true;
    lease.drain();
    closeIntake();
    handBackWaiting();
    awaitEmpty(settings.drain());
    stopAll(Attempt.Stop.SHUTDOWN);
    awaitEmpty(Duration.ofSeconds(5));
    executors.stop();
    recorder.close();
    join(recording, Duration.ofSeconds(5));
    heartbeat.close();
    watch.close();
    pauses.close();
    aside.close();
    lease.end();
    log.info("queue worker stopped worker={}", lease.workerId());
  }

  private void closeIntake() {
    try {
      claimLoop.close(Duration.ofSeconds(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitEmpty(Duration most) {
    long until = System.nanoTime() + most.toNanos();
    try {
      while (!held.isEmpty() && System.nanoTime() - until < 0) {
        boolean unused = letGo.tryAcquire(50, TimeUnit.MILLISECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void join(Thread thread, Duration most) {
    try {
      thread.join(most.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread thread(String name, @Nullable Runnable task) {
    Thread thread = new Thread(task, "millrace-" + name);
    thread.setDaemon(true);
    return thread;
  }
}
