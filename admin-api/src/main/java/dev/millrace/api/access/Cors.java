package dev.millrace.api.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HandlerType;
import java.util.Set;

/**
 * Lets pages of named origins call the API, with a key in their header. No cookie is let through,
 * and no origin is named unless a setting does.
 */
public final class Cors {
  private static final String METHODS = "GET, HEAD, POST, PUT, DELETE";
  private static final String HEADERS =
      "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Millrace-At-Least, Millrace-Reason, Millrace-Request-Id";
  private static final String EXPOSED =
      "Allow, ETag, Location, Millrace-Api-Version, Millrace-Change, Millrace-Degraded, Millrace-Request-Id, Retry-After";
  private static final String SECONDS = "600";

  private Cors() {}

  /**
   * Adds the headers of CORS, and answers preflight requests, which carry no key.
   *
   * @param origins as browsers send them, such as {@code https://admin.example.org}
   */
  public static void addTo(RoutesConfig routes, Set<String> origins) {
    if (!origins.isEmpty()) {
      routes.before("/api/*", ctx -> admit(ctx, origins));
    }
  }

  private static void admit(Context ctx, Set<String> origins) {
    ctx.header("Vary", "Origin");
    String origin = ctx.header("Origin");
    if (origin == null || !origins.contains(origin)) {
      return;
    }
    ctx.header("Access-Control-Allow-Origin", origin)
        .header("Access-Control-Expose-Headers", EXPOSED);
    if (ctx.method().equals(HandlerType.OPTIONS)
        && ctx.header("Access-Control-Request-Method") != null) {
      ctx.status(204)
          .header("Access-Control-Allow-Methods", METHODS)
          .header("Access-Control-Allow-Headers", HEADERS)
          .header("Access-Control-Max-Age", SECONDS)
          .skipRemainingHandlers();
    }
  }
}
