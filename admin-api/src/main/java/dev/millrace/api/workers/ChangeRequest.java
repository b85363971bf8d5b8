package dev.millrace.api.workers;

import dev.millrace.api.access.Principal;
import dev.millrace.api.audit.Command;
import dev.millrace.api.request.JsonBody;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.BackgroundWorkerEdits.Change;
import dev.millrace.schedule.BackgroundWorkerEdits.Rules;
import dev.millrace.schedule.BackgroundWorkerEdits.Switch;
import dev.millrace.schedule.InvalidScheduleException;
import dev.millrace.schedule.Schedule;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Reads the bodies that change a background worker; everything wrong is one problem. */
final class ChangeRequest {
  private static final Set<String> FIELDS =
      Set.of(
          "enabled",
          "interval_seconds",
          "cron",
          "time_zone",
          "jitter_seconds",
          "misfire_policy",
          "misfire_limit",
          "overlap_policy");
  private static final int MAX_BODY = 64 * 1024;
  private static final int MAX_CRON = 1_000;
  private static final int MAX_NAME = 100;
  private static final int MAX_REASON = 500;
  private static final int DAY_SECONDS = 86_400;

  private ChangeRequest() {}

  /** The body of a PUT. */
  static Change change(Context ctx) {
    JsonBody body = JsonBody.read(ctx, MAX_BODY, FIELDS);
    Optional<Boolean> enabled = body.bool("enabled");
    OptionalInt interval =
        body.integer("interval_seconds", 1, Integer.MAX_VALUE, "a positive integer");
    Optional<String> timeZone = body.text("time_zone", MAX_NAME);
    Optional<String> cron = body.text("cron", MAX_CRON);
    Rules rules =
        new Rules(
            body.integer("jitter_seconds", 0, DAY_SECONDS, "an integer from 0 to " + DAY_SECONDS),
            body.oneOf("misfire_policy", BackgroundWorker.MISFIRE_POLICIES),
            body.integer("misfire_limit", 1, 1000, "an integer from 1 to 1000"),
            body.oneOf("overlap_policy", BackgroundWorker.OVERLAP_POLICIES));
    if (interval.isPresent() && cron.isPresent()) {
      body.refuse(
          "cron", "cron must not be given with interval_seconds: the one replaces the other");
    }
    refuseUnreadable(body, "time_zone", timeZone, Schedule::zone);
    refuseUnreadable(body, "cron", cron, text -> Schedule.cron(text, "UTC"));
    body.check();
    Optional<Switch> position =
        enabled.map(on -> new Switch(on, by(ctx, Optional.empty()), Optional.empty()));
    return new Change(position, interval, cron, timeZone, rules);
  }

  private interface Reading {
    Object read(String text);
  }

  private static void refuseUnreadable(
      JsonBody body, String field, Optional<String> given, Reading reading) {
    given.ifPresent(
        text -> {
          try {
            reading.read(text);
          } catch (InvalidScheduleException e) {
            body.refuse(field, String.valueOf(e.getMessage()));
          }
        });
  }

  /** The body of a pause. */
  static Switch pause(Context ctx) {
    JsonBody body = JsonBody.read(ctx, MAX_BODY, Set.of("reason", "by"));
    Optional<String> reason = body.text("reason", MAX_REASON);
    Optional<String> by = body.text("by", MAX_NAME);
    body.check();
    return new Switch(false, by(ctx, by), Optional.of(Command.requiredReason(ctx, reason)));
  }

  private static String by(Context ctx, Optional<String> named) {
    return Principal.of(ctx).actingFor(named);
  }

  /** The body of a resume, which may be missing. */
  static Switch resume(Context ctx) {
    boolean empty =
        ctx.contentLength() == 0 || (ctx.contentLength() < 0 && ctx.contentType() == null);
    if (empty) {
      return new Switch(true, by(ctx, Optional.empty()), Optional.empty());
    }
    JsonBody body = JsonBody.read(ctx, MAX_BODY, Set.of("reason", "by"));
    Optional<String> reason = body.text("reason", MAX_REASON);
    Optional<String> by = body.text("by", MAX_NAME);
    body.check();
    return new Switch(true, by(ctx, by), reason);
  }

  /** The body that names a profile. */
  static String profile(Context ctx) {
    JsonBody body = JsonBody.read(ctx, MAX_BODY, Set.of("profile"));
    Optional<String> profile = body.text("profile", MAX_NAME);
    if (profile.isEmpty()) {
      body.refuse("profile", "profile must be given");
    }
    body.check();
    return profile.orElseThrow();
  }
}
