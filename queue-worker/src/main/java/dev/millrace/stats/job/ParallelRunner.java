package dev.millrace.stats.job;

import dev.millrace.job.JobContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Runs functions in parallel, up to a limit over all jobs of this process. Thread-safe. */
final class ParallelRunner {
  private static final int CANCEL_GRACE_SECONDS = 10;

  private final int parallel;
  private final Semaphore room;

  ParallelRunner(int parallel) {
    this.parallel = parallel;
    this.room = new Semaphore(parallel);
  }

  int parallel() {
    return parallel;
  }

  /**
   * Runs all functions; one that fails does not stop the others.
   *
   * @return the failures by function, in the order of the plan
   * @throws RuntimeException what ended the attempt; the failure of a function does not
   */
  Map<String, Failure> run(List<PlannedFunction> plan, FunctionRun run, JobContext context)
      throws InterruptedException {
    if (plan.isEmpty()) {
      return Map.of();
    }
    AtomicInteger done = new AtomicInteger();
    context.progress(0, plan.size(), plan.size() + " functions");
    ExecutorService threads = threads(plan.size(), context.jobId());
    try {
      List<Future<Optional<Failure>>> running = new ArrayList<>();
      for (PlannedFunction planned : plan) {
        running.add(
            threads.submit(
                () -> {
                  Optional<Failure> failure = withRoom(planned, run);
                  context.progress(done.incrementAndGet(), plan.size(), planned.function());
                  return failure;
                }));
      }
      Map<String, Failure> failures = new LinkedHashMap<>();
      for (int i = 0; i < plan.size(); i++) {
        String function = plan.get(i).function();
        result(running.get(i)).ifPresent(failure -> failures.put(function, failure));
      }
      return failures;
    } finally {
      threads.shutdownNow();
      // a function that has not ended by then cannot commit: the attempt is over
      threads.awaitTermination(CANCEL_GRACE_SECONDS, TimeUnit.SECONDS);
    }
  }

  private Optional<Failure> withRoom(PlannedFunction planned, FunctionRun run)
      throws InterruptedException {
    room.acquire();
    try {
      return run.run(planned);
    } finally {
      room.release();
    }
  }

  private static Optional<Failure> result(Future<Optional<Failure>> future)
      throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException ended) {
        throw ended;
      }
      throw new IllegalStateException("a function threw a checked exception", e.getCause());
    }
  }

  private ExecutorService threads(int functions, long jobId) {
    AtomicInteger names = new AtomicInteger();
    return Executors.newFixedThreadPool(
        Math.min(parallel, functions),
        task -> {
          Thread thread =
              new Thread(task, "millrace-stats-" + jobId + "-" + names.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        });
  }
}
