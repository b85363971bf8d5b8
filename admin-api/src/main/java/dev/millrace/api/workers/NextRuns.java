package dev.millrace.api.workers;

import dev.millrace.api.problem.ProblemException;
import dev.millrace.api.problem.Problems;
import dev.millrace.api.request.Query;
import dev.millrace.schedule.BackgroundWorker;
import dev.millrace.schedule.InvalidScheduleException;
import dev.millrace.schedule.Schedule;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The next runs of a schedule: a background worker's, or one that is not saved. */
final class NextRuns {
  private static final int FIVE = 5;
  private static final int MAX_RUNS = 100;
  private static final Pattern SECONDS = Pattern.compile("0*[1-9][0-9]{0,8}");

  private NextRuns() {}

  /**
   * The answer.
   *
   * @param from the runs are those after it
   * @param enabled null: not of a background worker; false: these runs do not happen
   */
  record Answer(
      String schedule,
      String timeZone,
      Instant from,
      @Nullable Boolean enabled,
      List<Slot> nextRuns) {
    Answer {
      nextRuns = List.copyOf(nextRuns);
    }
  }

  /**
   * A run.
   *
   * @param local the same moment by the clocks of the time zone
   */
  record Slot(Instant at, OffsetDateTime local) {}

  /** {@code GET /workers/{key}/next-runs}. */
  static void answer(Context ctx, BackgroundWorker worker) {
    Query query = Query.of(ctx, List.of("count", "from"));
    try {
      Schedule schedule = worker.schedule();
      ctx.json(answer(query, schedule, Schedule.zone(worker.timeZone()), worker.enabled()));
    } catch (InvalidScheduleException e) {
      throw new ProblemException(
          Problems.conflict("schedule_unreadable", String.valueOf(e.getMessage())));
    }
  }

  /** {@code GET /schedules/preview}. */
  static void preview(Context ctx) {
    Query query = Query.of(ctx, List.of("cron", "interval_seconds", "time_zone", "count", "from"));
    Optional<String> cron = query.text("cron");
    Optional<Schedule> interval =
        query
            .text("interval_seconds")
            .map(text -> Schedule.every(Duration.ofSeconds(seconds(text))));
    if (cron.isPresent() == interval.isPresent()) {
      throw Problems.badParameter(
          "cron", cron.orElse(""), List.of("an expression here, or interval_seconds"));
    }
    String timeZone = query.text("time_zone").orElse("UTC");
    try {
      ZoneId zone = Schedule.zone(timeZone);
      Schedule schedule = interval.orElseGet(() -> Schedule.cron(cron.orElseThrow(), timeZone));
      ctx.json(answer(query, schedule, zone, null));
    } catch (InvalidScheduleException e) {
      boolean ofZone = e.field().equals("time_zone");
      throw Problems.badParameter(
          ofZone ? "time_zone" : "cron",
          ofZone ? timeZone : cron.orElse(""),
          List.of(String.valueOf(e.getMessage())));
    }
  }

  private static long seconds(String text) {
    if (!SECONDS.matcher(text).matches()) {
      throw Problems.badParameter(
          "interval_seconds", text, List.of("a whole number from 1 to 999999999"));
    }
    return Long.parseLong(text);
  }

  private static Answer answer(
      Query query, Schedule schedule, ZoneId zone, @Nullable Boolean enabled) {
    Instant from =
        query
            .text("from")
            .map(NextRuns::instant)
            .orElseGet(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS));
    List<Slot> slots =
        schedule.next(from, query.count(FIVE, MAX_RUNS)).stream()
            .map(slot -> new Slot(slot, slot.atZone(zone).toOffsetDateTime()))
            .toList();
    return new Answer(schedule.toString(), zone.getId(), from, enabled, slots);
  }

  private static Instant instant(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw Problems.badParameter("from", text, List.of("a moment such as 2026-03-29T00:00:00Z"));
    }
  }
}
