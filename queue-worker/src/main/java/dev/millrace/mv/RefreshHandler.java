package dev.millrace.mv;

import dev.millrace.MillraceException;
import dev.millrace.job.JobContext;
import dev.millrace.job.JobHandler;
import dev.millrace.job.JobKind;
import dev.millrace.job.JobStoppedException;
import dev.millrace.job.Outcome;
import dev.millrace.job.RetryPolicy;
import dev.millrace.job.StaleFenceException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The kind {@code mv.refresh}: views, one after the other, each in its own transaction. */
final class RefreshHandler implements JobHandler<RefreshPayload> {
  private static final JobKind<RefreshPayload> KIND =
      JobKind.of("mv.refresh", RefreshPayload.class)
          .withRetry(
              new RetryPolicy(
                  RetryPolicy.Shape.EXPONENTIAL, Duration.ofSeconds(2), Duration.ofMinutes(5)));

  private final ViewRefresh refresh;

  RefreshHandler(ViewRefresh refresh) {
    this.refresh = refresh;
  }

  @Override
  public JobKind<RefreshPayload> kind() {
    return KIND;
  }

  @Override
  public Outcome run(RefreshPayload payload, JobContext context) {
    List<String> views = payload.views();
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

  private Optional<Refreshed> one(String view, JobContext context) {
    long begun = System.nanoTime();
    try {
      return Optional.of(
          context.inTransaction(
              handle ->
                  refresh
                      .doneBefore(handle, context, view)
                      .orElseGet(() -> refresh.run(handle, context, view))));
    } catch (JobStoppedException | StaleFenceException e) {
      throw e;
    } catch (RuntimeException e) {
      context.checkStop();
      String error = reason(e);
      context.warn(view + ": " + error);
      Duration took = Duration.ofNanos(System.nanoTime() - begun);
      context.inTransaction(
          handle -> {
            refresh.logFailure(handle, context, view, took, error);
            return error;
          });
      return Optional.empty();
    }
  }

  /** What Postgres said, or what we did. */
  private static String reason(RuntimeException e) {
    for (@Nullable Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SQLException && cause.getMessage() != null) {
        return cause.getMessage();
      }
    }
    return e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
  }
}
