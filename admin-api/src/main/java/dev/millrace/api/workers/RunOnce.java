package dev.millrace.api.workers;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.millrace.api.problem.Problem;
import dev.millrace.api.problem.ProblemAnswers;
import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.job.Job;
import dev.millrace.job.JobState;
import dev.millrace.job.Jobs;
import dev.millrace.queue.JobClient;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkerEdits;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a background worker now and waits for what comes of it. The run goes the way of every job; a
 * run in progress is joined. When the server stops, those who wait are told where to look instead.
 * Thread-safe.
 */
public final class RunOnce implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(RunOnce.class);
  private static final Duration FIRST_LOOK = Duration.ofMillis(10);
  private static final Duration LOOK = Duration.ofMillis(250);
  private static final int MAX_MESSAGE = 2000;

  private final Jobs jobs;
  private final JobClient client;
  private final Duration patience;
  private final CountDownLatch closed = new CountDownLatch(1);

  /**
   * The way to run.
   *
   * @param patience how long an answer waits for the end of the run
   */
  public RunOnce(Jobs jobs, JobClient client, Duration patience) {
    this.jobs = jobs;
    this.client = client;
    this.patience = patience;
  }

  /** The documented answer; the job only when it still runs. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Answer(String status, @Nullable String message, @Nullable String jobId) {}

  void answer(Context ctx, BackgroundWorker worker) {
    if (worker.kind() == null) {
      throw new ProblemException(
          Problems.conflict("nothing_to_run", worker.workerName() + " has no kind of job to run"));
    }
    try {
      long jobId = enqueue(worker);
      Optional<Job> ended = await(jobId);
      if (ended.isPresent()) {
        ctx.json(of(ended.get()));
      } else {
        ctx.status(202)
            .header("Location", "/api/admin/jobs/" + jobId)
            .json(new Answer("running", null, Long.toString(jobId)));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(worker, e);
    } catch (RuntimeException e) {
      throw failed(worker, e);
    }
  }

  private long enqueue(BackgroundWorker worker) {
    return client.enqueue(BackgroundWorkerEdits.runNow(worker)).jobId();
  }

  private Optional<Job> await(long jobId) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    Duration pause = FIRST_LOOK;
    while (true) {
      Job job =
          jobs.find(jobId)
              .orElseThrow(() -> new IllegalStateException("job " + jobId + " is gone"));
      if (job.state().finished()) {
        return Optional.of(job);
      }
      long left = deadline - System.nanoTime();
      if (left <= 0 || closed.await(Math.min(left, pause.toNanos()), TimeUnit.NANOSECONDS)) {
        return Optional.empty();
      }
      pause = pause.multipliedBy(2).compareTo(LOOK) > 0 ? LOOK : pause.multipliedBy(2);
    }
  }

  private static Answer of(Job job) {
    if (job.state() == JobState.COMPLETED) {
      return new Answer("success", null, null);
    }
    String error = job.error() == null ? job.state().text() : job.error();
    return new Answer("error", error.substring(0, Math.min(MAX_MESSAGE, error.length())), null);
  }

  private static ProblemException failed(BackgroundWorker worker, Exception e) {
    String traceId = ProblemAnswers.traceId();
    log.error("run-once failed trace_id={} worker={}", traceId, worker.workerName(), e);
    Problem problem = ProblemAnswers.internal("run_once_failed", "run_once_failed", traceId);
    return new ProblemException(problem);
  }

  /** Ends every wait. */
  @Override
  public void close() {
    closed.countDown();
  }
}
