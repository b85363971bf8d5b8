package dev.millrace.api.access;

import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.security.RouteRole;

/**
 * Who may call a route. A route needs the admin key unless it is open; under {@code /api} only
 * admins learn that a path does not exist.
 */
public enum Access implements RouteRole {
  /** Anyone, without a key. */
  OPEN;

  private static final String SCHEME = "Bearer ";

  public static void addTo(RoutesConfig routes, AdminKey key) {
    KeyRefusals refusals = new KeyRefusals();
    routes.before("/api/*", ctx -> require(ctx, key, refusals));
    routes.beforeMatched(
        ctx -> {
          if (!ctx.routeRoles().contains(OPEN)) {
            require(ctx, key, refusals);
          }
        });
  }

  private static void require(Context ctx, AdminKey key, KeyRefusals refusals) {
    String header = ctx.header("Authorization");
    if (header == null
        || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
        || !key.matches(header.substring(SCHEME.length()).strip())) {
      refusals.refuse(ctx, header != null);
    }
  }
}
