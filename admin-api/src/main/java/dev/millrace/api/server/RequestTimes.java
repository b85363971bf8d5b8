package dev.millrace.api.server;

import dev.millrace.metrics.Time;
import io.javalin.http.Context;
import io.javalin.router.Endpoint;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How long requests take, by route: {@link Time#REQUEST}. */
public final class RequestTimes {
  /** Stands for paths that no route has. */
  private static final String NO_ROUTE = "none";

  private RequestTimes() {}

  /**
   * A request was answered.
   *
   * @param milliseconds from its arrival to its answer
   */
  public static void add(Context ctx, Float milliseconds) {
    @Nullable Endpoint route = ctx.endpoints().lastHttpEndpoint();
    Time.REQUEST.record(
        Duration.ofNanos((long) (milliseconds * 1e6)),
        ctx.method().toString(),
        route == null ? NO_ROUTE : route.path,
        Integer.toString(ctx.statusCode()));
  }
}
