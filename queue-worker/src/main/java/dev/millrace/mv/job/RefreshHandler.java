package dev.millrace.mv.job;

import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.StaleFenceException;
import dev.millrace.worker.LoggedFailure;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The kind {@code mv.refresh}: views, one after the other, each in its own transaction. Its jobs
 * wait for a slot in the queue, under the limit key {@code mv.refresh} that each of them gets when
 * it is inserted. A job without that key, or one that finds the slots taken by a refresh that has
 * outlived its job, is snoozed: it spends neither an attempt nor an executor thread.
 */
final class RefreshHandler implements JobHandler<RefreshPayload> {
  private static final JobKind<RefreshPayload> KIND =
      JobKind.of("mv.refresh", RefreshPayload.class)
          .withRetry(
              new RetryPolicy(
                  RetryPolicy.Shape.EXPONENTIAL, Duration.ofSeconds(2), Duration.ofMinutes(5)));
  private static final int MAX_TRIES = 3;
  private static final Duration SNOOZE = Duration.ofSeconds(1);

  private final ViewRefresh refresh;
  private final Vacuum vacuum;
  private final RefreshLog log;

  RefreshHandler(ViewRefresh refresh, Vacuum vacuum, RefreshLog log) {
    this.refresh = refresh;
    this.vacuum = vacuum;
    this.log = log;
  }

  @Override
  public JobKind<RefreshPayload> kind() {
    return KIND.withAtOnce(refresh.atOnce());
  }

  @Override
  public Outcome run(RefreshPayload payload, JobContext context) throws InterruptedException {
    List<String> views = payload.views();
    if (views.size() > 1) {
      List<String> given = views;
      views = context.inTransaction(handle -> refresh.inOrder(handle, given));
    }
    Task task = new Task(views.size());
    for (String view : views) {
      context.checkStop();
      context.progress(task.done(), views.size(), view);
      if (!refreshOne(view, task, context)) {
        return Outcome.snooze(jittered(SNOOZE));
      }
    }
    if (!task.failed.isEmpty()) {
      throw new LoggedFailure(
          task.failed.size()
              + " of "
              + views.size()
              + " views were not refreshed: "
              + String.join("; ", task.failed));
    }
    return Outcome.done(task.result());
  }

  /** The progress of an attempt. */
  private static final class Task {
    private final int views;
    private final List<Refreshed> refreshed = new ArrayList<>();
    private final List<String> failed = new ArrayList<>();

    Task(int views) {
      this.views = views;
    }

    int done() {
      return refreshed.size() + failed.size();
    }

    /** Whether one more view completes the job. */
    boolean completesWithNext() {
      return failed.isEmpty() && refreshed.size() == views - 1;
    }

    Map<String, List<Refreshed>> result() {
      return Map.of("views", List.copyOf(refreshed));
    }

    Map<String, List<Refreshed>> resultWith(Refreshed next) {
      List<Refreshed> all = new ArrayList<>(refreshed);
      all.add(next);
      return Map.of("views", all);
    }
  }

  /** A view that is being refreshed: the requested name, and what was last read of it. */
  private static final class RequestedView {
    private final String view;
    private @Nullable RefreshTarget target;

    RequestedView(String view) {
      this.view = view;
    }

    String name() {
      return target == null ? view : target.name();
    }
  }

  /**
   * Refreshes one view and adds the result, or the logged failure, to the task.
   *
   * @return false when all slots for refreshes are taken: nothing was done
   */
  private boolean refreshOne(String view, Task task, JobContext context)
      throws InterruptedException {
    long begun = System.nanoTime();
    RequestedView requested = new RequestedView(view);
    @Nullable String blockers = null;
    for (int tries = 1; ; tries++) {
      try {
        Optional<ViewRefresh.Done> tried = attempt(requested, task, context, tries == 1);
        if (tried.isEmpty()) {
          return false;
        }
        ViewRefresh.Done done = tried.get();
        log.refreshed(done.refreshed());
        if (done.bloated() && requested.target != null) {
          vacuum.run(requested.target);
        }
        task.refreshed.add(done.refreshed());
        return true;
      } catch (JobStoppedException | StaleFenceException e) {
        throw e;
      } catch (RuntimeException e) {
        context.checkStop();
        if (Failures.lockedOut(e)) {
          blockers = blockers(requested.target, context);
        }
        if (tries == 1 && overBudget(requested.target, e, context)) {
          continue;
        }
        if (Failures.mayPass(e) && tries < MAX_TRIES) {
          pause(200L * tries);
          continue;
        }
        Failures.Failure failure = failure(requested.name(), begun, e, blockers);
        fail(context, failure);
        task.failed.add(view + " (" + failure.error() + ")");
        return true;
      }
    }
  }

  /**
   * Whether a plain refresh chosen by {@code auto} was ended because readers had waited for the
   * lock budget.
   */
  private static boolean overBudget(
      @Nullable RefreshTarget target, RuntimeException e, JobContext context) {
    if (target == null || !Failures.tookTooLong(e) || !target.chosen(target.mode(true))) {
      return false;
    }
    return context.inTransaction(
        handle -> {
          ViewRefresh.tooLong(handle, target);
          return true;
        });
  }

  /**
   * Reads the view, refreshes it and completes the job in one transaction, because each commit
   * costs a sync. A view that must be vacuumed first leaves the job open.
   */
  private Optional<ViewRefresh.Done> attempt(
      RequestedView requested, Task task, JobContext context, boolean mayBlockReaders) {
    return context.inTransaction(
        handle -> {
          Optional<ViewRefresh.Done> tried =
              refreshed(handle, context, requested, task, mayBlockReaders);
          if (tried.isPresent() && task.completesWithNext() && !tried.get().bloated()) {
            context.completeIn(handle, task.resultWith(tried.get().refreshed()));
          }
          return tried;
        });
  }

  private Optional<ViewRefresh.Done> refreshed(
      Handle handle,
      JobContext context,
      RequestedView requested,
      Task task,
      boolean mayBlockReaders)
      throws SQLException {
    ViewRefresh.Begun begun = refresh.begin(handle.getConnection(), requested.view);
    requested.target = begun.target();
    Optional<Refreshed> before =
        task.views == 1 && context.attempt() == 1 // a snoozed attempt had done nothing
            ? Optional.empty()
            : refresh.doneBefore(handle, context, begun.target().name());
    return before.isPresent()
        ? Optional.of(new ViewRefresh.Done(before.get(), false))
        : ViewRefresh.run(handle.getConnection(), context, begun, mayBlockReaders);
  }

  private static @Nullable String blockers(@Nullable RefreshTarget target, JobContext context) {
    return target == null
        ? null
        : context.inTransaction(handle -> Failures.blockers(handle, target.oid())).orElse(null);
  }

  private static Failures.Failure failure(
      String view, long begun, RuntimeException e, @Nullable String blockers) {
    String reason = Failures.reason(e);
    return new Failures.Failure(
        view,
        Duration.ofNanos(System.nanoTime() - begun),
        blockers == null ? reason : reason + "; " + Failures.inWords(blockers),
        blockers);
  }

  private void fail(JobContext context, Failures.Failure failure) {
    log.failed(failure, context.jobId());
    context.warn(failure.view() + ": " + failure.error());
    context.inTransaction(
        handle -> {
          Failures.record(handle, context, failure);
          return failure;
        });
  }

  private static void pause(long millis) throws InterruptedException {
    Thread.sleep(jittered(Duration.ofMillis(millis)).toMillis());
  }

  /** A random time, so that two jobs that met do not meet again. */
  private static Duration jittered(Duration time) {
    long millis = time.toMillis();
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis * 2));
  }
}
