package dev.millrace.worker;

import dev.millrace.health.Guarded;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import dev.millrace.health.PeriodicTask;
import dev.millrace.lock.JobLocks;
import dev.millrace.progress.ProgressBoard;
import dev.millrace.queue.Claims;
import dev.millrace.queue.DirectClaims;
import dev.millrace.queue.JobResults;
import dev.millrace.queue.Leases;
import dev.millrace.queue.Pauses;
import dev.millrace.queue.ReadyJobs;
import dev.millrace.queue.UnacknowledgedClaims;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One process's share of a queue: claims jobs, runs them in a fixed number of executor threads and
 * records their outcomes. The package documentation says what happens when a part of it stops.
 *
 * <p>This class makes the parts, starts them in order and stops them in order. What they share are
 * the {@link HeldJobs}; each part says which threads use it. The fields here are set by the
 * constructor, except {@code closed}, which only {@link #close} uses.
 */
public final class QueueWorker implements AutoCloseable {
  /** How many connections a worker uses at most at once for claims, outcomes and heartbeats. */
  public static final int DATABASE_CONNECTIONS = 6;

  private static final Logger log = LoggerFactory.getLogger(QueueWorker.class);
  private static final Duration PAUSES_INTERVAL = Duration.ofSeconds(1);

  /** A background task is one statement with its time-out and a few calls of Redis. */
  private static final Duration MAX_BACKGROUND_TASK = Duration.ofMinutes(1);

  /** How long a stop waits for each part that should end at once. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

  /**
   * How this worker works.
   *
   * @param name stays the same over restarts, {@code WORKER_ID}; each incarnation makes its worker
   *     id from it
   * @param concurrency how many jobs run at once, at least 1
   * @param drain how long a stop waits for running jobs
   * @param lease how long the worker keeps its jobs without a heartbeat
   * @param release what the process runs, such as a version or a commit, up to 100 characters; a
   *     deploy is where it changes
   */
  public record Settings(
      String name, String queue, int concurrency, Duration drain, Duration lease, String release) {
    public Settings {
      if (concurrency < 1) {
        throw new IllegalArgumentException("concurrency must be >= 1, was " + concurrency);
      }
      if (release.length() > 100) {
        throw new IllegalArgumentException(
            "release must have at most 100 characters, had " + release.length());
      }
    }

    /** Of a release without a name. */
    public Settings(String name, String queue, int concurrency, Duration drain, Duration lease) {
      this(name, queue, concurrency, drain, lease, "");
    }
  }

  /**
   * What a worker works with.
   *
   * @param jdbi for the worker's own statements
   * @param work for its handlers' transactions: of a {@link dev.millrace.db.HandlerPool} with one
   *     connection for each job that runs
   */
  public record Services(
      Jdbi jdbi,
      Jdbi work,
      ReadyJobs ready,
      JobResults results,
      JobLocks locks,
      ProgressBoard board) {}

  private final Settings settings;
  private final Jdbi jdbi;
  private final Handlers handlers;
  private final Health health = new Health();
  private final HeldJobs held;
  private final WorkerLease lease;
  private final GuardedTasks background;
  private final PeriodicTask heartbeat;
  private final PeriodicTask watch;
  private final PeriodicTask pauses;
  private final AttemptCounts counts;
  private final PeriodicTask counting;
  private final ResultRecorder recorder;
  private final Thread recording;
  private final ExecutorThreads executors;
  private final ClaimLoop claimLoop;
  private boolean closed;

  public QueueWorker(Settings settings, Services services, Handlers handlers) {
    this.settings = settings;
    this.jdbi = services.jdbi();
    this.handlers = handlers;
    Claims claims = new Claims(jdbi);
    Leases leases = new Leases(jdbi, settings.lease());
    JobLog jobLog = new JobLog(jdbi);
    Runner runner = new Runner(handlers);
    health.add("locks", services.locks()::trouble);
    health.add("redis", services.ready()::trouble);

    this.held = new HeldJobs(settings.concurrency(), services.locks());
    this.lease = new WorkerLease(leases, registration(settings, handlers), held, health);
    this.background =
        new GuardedTasks(
            "refill",
            health,
            MAX_BACKGROUND_TASK,
            Executors.newSingleThreadExecutor(task -> daemon("refill", task)));
    JobFetcher fetcher =
        new JobFetcher(
            new JobFetcher.Services(
                services.ready(),
                claims,
                new DirectClaims(jdbi),
                services.locks(),
                new Pauses(jdbi),
                background),
            settings.queue(),
            handlers.kinds(),
            new AttemptFactory(
                handlers, new Attempt.Services(services.work(), services.board(), jobLog)));
    this.executors = new ExecutorThreads(held, runner, health);
    this.counts = new AttemptCounts(jdbi, settings.queue());
    this.recorder =
        new ResultRecorder(
            new ResultWriter(services.results(), services.ready(), counts),
            new ResourceRelease(services.locks(), claims, services.ready(), services.board()),
            jobLog,
            held,
            lease);
    this.claimLoop =
        new ClaimLoop(
            fetcher,
            new LostClaims(
                new UnacknowledgedClaims(jdbi, claims), services.results(), services.ready()),
            new Suspects(claims, leases, settings.queue(), handlers.kinds(), held),
            lease,
            held,
            health);

    this.heartbeat = new PeriodicTask("heartbeat", health, lease.period(), lease::heartbeat);
    this.watch =
        new PeriodicTask(
            "watch",
            health,
            AttemptWatch.INTERVAL,
            new AttemptWatch(held, lease, executors, runner)::check);
    this.pauses = new PeriodicTask("pauses", health, PAUSES_INTERVAL, fetcher::readPauses);
    this.counting = new PeriodicTask("job-counts", health, AttemptCounts.INTERVAL, counts::write);
    Health.Pulse pulse = health.pulse("record", ResultRecorder.MAX_STEP);
    this.recording = daemon("record", new Guarded("record", pulse, () -> recorder.run(pulse)));
  }

  /** Its worker id is filled in by each incarnation. */
  private static Leases.Registration registration(Settings settings, Handlers handlers) {
    return new Leases.Registration(
        "",
        settings.name(),
        WorkerLease.host(),
        ProcessHandle.current().pid(),
        List.of(settings.queue()),
        handlers.kinds(),
        settings.concurrency(),
        settings.release());
  }

  /**
   * Registers the worker and begins to claim. Returns after the first heartbeat and the
   * registration of the kinds were tried, whether Postgres answered or not.
   */
  public void start() {
    CompletableFuture<Boolean> registered = background.ask(this::registerKinds);
    lease.heartbeat();
    heartbeat.start();
    watch.start();
    pauses.start();
    counting.start();
    recording.start();
    executors.start();
    claimLoop.start();
    log.info(
        "queue worker listening queue={} worker={} concurrency={} kinds={}",
        settings.queue(),
        lease.workerId(),
        settings.concurrency(),
        handlers.kinds());
    registered.join();
  }

  /** Enqueuers wait for it, the first claim does not. */
  private boolean registerKinds() {
    try {
      KindRegistration.register(jdbi, handlers);
      return true;
    } catch (RuntimeException e) {
      log.warn("the kinds of this worker could not be registered: {}", e.getMessage());
      return false;
    }
  }

  /** The health that its heartbeats report; the process may add parts of its own. */
  public Health health() {
    return health;
  }

  /** The id of this incarnation, as job rows show it; empty before the first registration. */
  public String workerId() {
    return lease.workerId();
  }

  /** How many jobs this process holds: prefetched, running, or not recorded yet. */
  public int holding() {
    return held.size();
  }

  /**
   * Stops in order: claims no more, hands back what has not started, waits for the running jobs up
   * to the drain time, then stops those and hands them back with their attempt not spent.
   * Idempotent.
   */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    log.info("queue worker stopping worker={} holding={}", lease.workerId(), held.size());
    held.drain();
    lease.drain();
    step(() -> claimLoop.close(STOP_TIMEOUT));
    held.handBackPrefetched();
    step(() -> held.awaitEmpty(settings.drain()));
    held.stopAll(Attempt.Stop.SHUTDOWN);
    step(() -> held.awaitEmpty(STOP_TIMEOUT));
    executors.stop();
    recorder.close();
    step(() -> recording.join(STOP_TIMEOUT.toMillis()));
    counting.close(STOP_TIMEOUT);
    counts.writeLast();
    heartbeat.close();
    watch.close();
    pauses.close();
    background.close();
    lease.end();
    log.info("queue worker stopped worker={}", lease.workerId());
  }

  /** A step of a stop that waits. */
  private interface Step {
    void run() throws InterruptedException;
  }

  /** After an interrupt the later steps do not wait. */
  private static void step(Step step) {
    try {
      step.run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Thread daemon(String name, Runnable task) {
    Thread thread = new Thread(task, "millrace-" + name);
    thread.setDaemon(true);
    return thread;
  }
}
