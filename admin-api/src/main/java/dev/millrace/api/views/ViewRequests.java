package dev.millrace.api.views;

import dev.millrace.api.request.JsonBody;
import dev.millrace.mv.ViewRegistration;
import dev.millrace.mv.ViewWatch;
import io.javalin.http.Context;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the bodies that set how a view is refreshed. */
final class ViewRequests {
  private static final int MAX_BODY = 64 * 1024;
  private static final int LONGEST_NAME = ViewRegistration.LONGEST_NAME;
  private static final double YEAR_SECONDS = 366 * 24 * 60 * 60.0;
  private static final Set<String> SETTINGS =
      Set.of(
          "mode",
          "debounce_seconds",
          "max_wait_seconds",
          "min_gap_seconds",
          "max_lag_seconds",
          "lock_timeout_seconds",
          "statement_timeout_seconds",
          "lock_budget_seconds",
          "view_group",
          "covers",
          "enabled");
  private static final Set<String> WATCH = Set.of("columns", "method");

  private ViewRequests() {}

  static ViewRegistration registration(Context ctx, String view) {
    JsonBody body = JsonBody.read(ctx, MAX_BODY, SETTINGS);
    ViewRegistration wanted =
        new ViewRegistration(
            view,
            body.text("mode", LONGEST_NAME).orElse(null),
            seconds(body, "debounce_seconds"),
            seconds(body, "max_wait_seconds"),
            seconds(body, "min_gap_seconds"),
            seconds(body, "max_lag_seconds"),
            seconds(body, "lock_timeout_seconds"),
            seconds(body, "statement_timeout_seconds"),
            seconds(body, "lock_budget_seconds"),
            body.textOrEmpty("view_group", LONGEST_NAME).orElse(null),
            body.texts("covers", LONGEST_NAME).orElse(null),
            body.bool("enabled").orElse(null));
    body.check();
    return wanted;
  }

  private static @Nullable Double seconds(JsonBody body, String name) {
    OptionalDouble seconds = body.number(name, 0, YEAR_SECONDS, "a number of seconds, 0 or more");
    return seconds.isPresent() ? (Double) seconds.getAsDouble() : null;
  }

  /** The API's name of a registry setting: durations name their unit. */
  static String fieldNamed(String setting) {
    return SETTINGS.contains(setting + "_seconds") ? setting + "_seconds" : setting;
  }

  static ViewWatch watch(Context ctx, String source) {
    JsonBody body = JsonBody.read(ctx, MAX_BODY, WATCH);
    List<String> columns = body.texts("columns", LONGEST_NAME).orElse(null);
    ViewWatch watch =
        new ViewWatch(source, columns, body.text("method", LONGEST_NAME).orElse(null));
    body.check();
    return watch;
  }
}
