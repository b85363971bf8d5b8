package dev.millrace.api.jobs;

import dev.millrace.Threads;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.JsonBody;
import dev.millrace.api.server.HangUp;
import dev.millrace.db.Outage;
import dev.millrace.health.GuardedTasks;
import dev.millrace.health.Health;
import dev.millrace.job.read.Job;
import dev.millrace.job.read.Jobs;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Waits for the end of jobs, for answers that report an outcome. No thread waits: while there are
 * waits, one query every 50 ms reads the ended jobs of all. A wait ends at once when its client
 * hangs up or the server stops. Thread-safe.
 */
public final class JobCompletionWaiter implements AutoCloseable {
  /** Of one process: a further one is refused with 503 before it has enqueued anything. */
  public static final int MOST_WAITING = 500;

  private static final Logger log = LoggerFactory.getLogger(JobCompletionWaiter.class);
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  private static final int ANSWERING = 4;

  /** A poll is one statement, an answer a few bytes to a client; both have time-outs. */
  private static final Duration LONGEST_TASK = Duration.ofMinutes(1);

  private final Jobs jobs;
  private final Duration timeout;
  private final Semaphore places = new Semaphore(MOST_WAITING);
  private final Set<Wait> waits = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean polling = new AtomicBoolean();
  private final GuardedTasks polls;
  private final GuardedTasks answers;
  private volatile boolean closed;

  private record Wait(long jobId, long deadline, CompletableFuture<Optional<Job>> end) {
    boolean isOver() {
      return System.nanoTime() - deadline >= 0;
    }
  }

  /**
   * A waiter over jobs.
   *
   * @param timeout how long an answer waits for the end of a job
   * @param health of this API, for what is wrong with its threads
   */
  public JobCompletionWaiter(Jobs jobs, Duration timeout, Health health) {
    this.jobs = jobs;
    this.timeout = timeout;
    this.polls =
        new GuardedTasks(
            "job-ends",
            health,
            LONGEST_TASK,
            Executors.newSingleThreadExecutor(Threads.named("job-ends-")));
    this.answers =
        new GuardedTasks(
            "job-ends-answer",
            health,
            LONGEST_TASK,
            Executors.newFixedThreadPool(ANSWERING, Threads.named("job-ends-answer-")));
  }

  /** What a request does that waits. */
  public interface Waiting {
    /** Enqueues, waits through the place, and answers; on any thread after its first wait. */
    CompletableFuture<Void> in(Place place);
  }

  /** The right of one request to wait; it has at most one wait at a time. */
  public final class Place {
    private final Context ctx;

    private Place(Context ctx) {
      this.ctx = ctx;
    }

    /** The job at its end; empty when it has not ended within the time-out. */
    public CompletableFuture<Optional<Job>> when(long jobId) {
      CompletableFuture<Optional<Job>> end = new CompletableFuture<>();
      Wait wait = new Wait(jobId, System.nanoTime() + timeout.toNanos(), end);
      waits.add(wait);
      HangUp watch = HangUp.watch(ctx, () -> end.complete(Optional.empty()));
      CompletableFuture<Optional<Job>> answer =
          end.whenComplete(
              (job, failure) -> {
                waits.remove(wait);
                if (watch != null) {
                  watch.end(ctx);
                }
              });
      if (closed) {
        end.complete(Optional.empty());
      } else {
        pollSoon();
      }
      return answer;
    }
  }

  /**
   * Answers a request that waits.
   *
   * @throws dev.millrace.api.problem.ProblemException 503 when too many wait already
   */
  public void answer(Context ctx, Waiting waiting) {
    JsonBody.skip(ctx);
    if (!places.tryAcquire()) {
      throw Problems.overloaded(MOST_WAITING + " calls wait for the end of a job already");
    }
    AtomicBoolean held = new AtomicBoolean(true);
    Runnable leave =
        () -> {
          if (held.getAndSet(false)) {
            places.release();
          }
        };
    try {
      CompletableFuture<Void> answer =
          waiting.in(new Place(ctx)).whenComplete((done, failure) -> leave.run());
      ctx.future(() -> answer);
    } catch (RuntimeException e) {
      leave.run();
      throw e;
    }
  }

  /** How many answers wait. */
  public int waiting() {
    return waits.size();
  }

  private void pollSoon() {
    if (!closed && !waits.isEmpty() && polling.compareAndSet(false, true)) {
      CompletableFuture.delayedExecutor(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS, polls)
          .execute(this::poll);
    }
  }

  private void poll() {
    try {
      Map<Long, Job> ended =
          jobs.ended(waits.stream().map(Wait::jobId).collect(Collectors.toSet()));
      for (Wait wait : waits) {
        Job job = ended.get(wait.jobId());
        if (job != null || wait.isOver()) {
          answer(wait, Optional.ofNullable(job));
        }
      }
    } catch (RuntimeException e) {
      failed(e);
    } catch (Error e) {
      failed(e);
      throw e;
    } finally {
      polling.set(false);
      pollSoon();
    }
  }

  /** Postgres may be back before a wait ends; a defect fails all waits at once. */
  private void failed(Throwable failure) {
    boolean outage = Outage.of(failure).isPresent();
    if (!outage) {
      log.error("the ends of jobs could not be read waiting={}", waits.size(), failure);
    }
    for (Wait wait : waits) {
      if (!outage) {
        answers.execute(() -> wait.end().completeExceptionally(failure));
      } else if (wait.isOver()) {
        answer(wait, Optional.empty());
      }
    }
  }

  private void answer(Wait wait, Optional<Job> job) {
    waits.remove(wait);
    answers.execute(() -> wait.end().complete(job));
  }

  /** Ends every wait. */
  @Override
  public void close() {
    closed = true;
    polls.drain();
    waits.forEach(wait -> answer(wait, Optional.empty()));
    answers.drain();
  }
}
