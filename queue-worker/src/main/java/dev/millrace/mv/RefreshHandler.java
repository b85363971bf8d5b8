package dev.millrace.mv;

import dev.millrace.MillraceException;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.StaleFenceException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kind {@code mv.refresh}: views, one after the other, each in its own transaction. */
final class RefreshHandler implements JobHandler<RefreshPayload> {
  private static final Logger log = LoggerFactory.getLogger(RefreshHandler.class);
  private static final JobKind<RefreshPayload> KIND =
      JobKind.of("mv.refresh", RefreshPayload.class)
          .withRetry(
              new RetryPolicy(
                  RetryPolicy.Shape.EXPONENTIAL, Duration.ofSeconds(2), Duration.ofMinutes(5)));
  private static final int TRIES = 3;

  private final ViewRefresh refresh;
  private final Vacuum vacuum;

  RefreshHandler(ViewRefresh refresh, Vacuum vacuum) {
    this.refresh = refresh;
    this.vacuum = vacuum;
  }

  @Override
  public JobKind<RefreshPayload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(RefreshPayload payload, JobContext context) throws InterruptedException {
    List<String> views = payload.views();
    if (views.size() > 1) {
      List<String> given = views;
      views = context.inTransaction(handle -> refresh.inOrder(handle, given));
    }
    List<Refreshed> refreshed = new ArrayList<>();
    List<String> failed = new ArrayList<>();
    for (String view : views) {
      context.checkStop();
      context.progress(refreshed.size() + failed.size(), views.size(), view);
      one(view, context).ifPresentOrElse(refreshed::add, () -> failed.add(view));
    }
    context.progress(views.size(), views.size(), "");
    if (!failed.isEmpty()) {
      throw new MillraceException(
          failed.size()
              + " of "
              + views.size()
              + " views were not refreshed: "
              + String.join("; ", failed));
    }
    return Outcome.done(Map.of("views", refreshed));
  }

  /** A view that is being refreshed: the name it was asked for by, and what was last read of it. */
  private static final class Asked {
    private final String view;
    private @Nullable Target target;

    Asked(String view) {
      this.view = view;
    }

    String name() {
      return target == null ? view : target.name();
    }
  }

  /** Empty when the view could not be refreshed; that has been logged then. */
  private Optional<Refreshed> one(String view, JobContext context) throws InterruptedException {
    long begun = System.nanoTime();
    Asked asked = new Asked(view);
    @Nullable String blockers = null;
    for (int tries = 1; ; tries++) {
      try {
        Refreshed refreshed = whenThereIsRoom(asked, context, tries == 1);
        tell(refreshed);
        if (asked.target != null && refreshed.mode().equals(Mode.CONCURRENTLY.text())) {
          vacuum.whenDue(asked.target);
        }
        return Optional.of(refreshed);
      } catch (JobStoppedException | StaleFenceException e) {
        throw e;
      } catch (RuntimeException e) {
        context.checkStop();
        if (Failures.lockedOut(e)) {
          blockers = blockers(view, context);
        }
        if (tries == 1 && overBudget(asked.target, e, context)) {
          continue;
        }
        if (Failures.mayPass(e) && tries < TRIES) {
          pause(200L * tries);
          continue;
        }
        fail(context, failure(asked.name(), begun, e, blockers));
        return Optional.empty();
      }
    }
  }

  /** Whether a plain refresh that was our choice was ended because readers had waited enough. */
  private static boolean overBudget(
      @Nullable Target target, RuntimeException e, JobContext context) {
    if (target == null || !Failures.tookTooLong(e) || !target.chosen(target.mode(true))) {
      return false;
    }
    return context.inTransaction(
        handle -> {
          ViewRefresh.tooLong(handle, target);
          return true;
        });
  }

  /** All in one transaction, the look at what is to be refreshed too: each commit costs a sync. */
  private Refreshed whenThereIsRoom(Asked asked, JobContext context, boolean patient)
      throws InterruptedException {
    while (true) {
      Optional<Refreshed> refreshed =
          context.inTransaction(
              handle -> {
                Target target = refresh.target(handle, asked.view);
                asked.target = target;
                Optional<Refreshed> before = refresh.doneBefore(handle, context, target.name());
                return before.isPresent() ? before : refresh.run(handle, context, target, patient);
              });
      if (refreshed.isPresent()) {
        return refreshed.get();
      }
      pause(200);
      context.checkStop();
    }
  }

  private @Nullable String blockers(String view, JobContext context) {
    return context
        .inTransaction(handle -> Failures.blockers(handle, refresh.target(handle, view).oid()))
        .orElse(null);
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

  private static void fail(JobContext context, Failures.Failure failure) {
    context.warn(failure.view() + ": " + failure.error());
    context.inTransaction(
        handle -> {
          Failures.record(handle, context, failure);
          return failure;
        });
  }

  private static void tell(Refreshed refreshed) {
    if (refreshed.rows() != null) {
      log.info(
          "refreshed {}: {} rows in {} ms, {}",
          refreshed.view(),
          refreshed.rows(),
          refreshed.durationMs(),
          refreshed.mode());
    }
  }

  /** A while, with jitter, so that those who met do not meet again. */
  private static void pause(long millis) throws InterruptedException {
    Thread.sleep(ThreadLocalRandom.current().nextLong(millis / 2, millis * 2));
  }
}
