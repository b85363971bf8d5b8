package dev.millrace.mv;

import dev.millrace.MillraceException;
import dev.millrace.db.Sql;
import dev.millrace.job.JobContext;
import dev.millrace.job.Trigger;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Refreshes one view inside an open transaction. Immutable. */
final class ViewRefresh {
  private static final String TARGET = Sql.of(ViewRefresh.class, "target");
  private static final String SETTINGS = Sql.of(ViewRefresh.class, "settings");
  private static final String SLOT = Sql.of(ViewRefresh.class, "slot");
  private static final String GUARD = Sql.of(ViewRefresh.class, "guard");
  private static final String TAKE_REQUESTS = Sql.of(ViewRefresh.class, "takeRequests");
  private static final String WRITTEN = Sql.of(ViewRefresh.class, "written");
  private static final String LOG = Sql.of(ViewRefresh.class, "log");
  private static final String NOTE = Sql.of(ViewRefresh.class, "note");
  private static final String NOTE_COVERED = Sql.of(ViewRefresh.class, "noteCovered");
  private static final String PASS_ON = Sql.of(ViewRefresh.class, "passOn");
  private static final String DONE_BEFORE = Sql.of(ViewRefresh.class, "doneBefore");
  private static final String TOO_LONG = Sql.of(ViewRefresh.class, "tooLong");
  private static final String IN_ORDER = Sql.of(ViewRefresh.class, "inOrder");

  private final int atOnce;

  /**
   * Refreshes of which a few run at once.
   *
   * @param atOnce over all processes, at least 1
   */
  ViewRefresh(int atOnce) {
    if (atOnce < 1) {
      throw new IllegalArgumentException("at_once must be >= 1, was " + atOnce);
    }
    this.atOnce = atOnce;
  }

  /** The names with those first that others of them read. */
  List<String> inOrder(Handle handle, List<String> names) {
    return handle
        .createQuery(IN_ORDER)
        .bindArray("names", String.class, names)
        .mapTo(String.class)
        .list();
  }

  /**
   * What an earlier attempt of the job did for a view, so that a retry does not do it again. Empty
   * at the first attempt.
   */
  Optional<Refreshed> doneBefore(Handle handle, JobContext context, String name) {
    return context.attempt() == 1
        ? Optional.empty()
        : handle
            .createQuery(DONE_BEFORE)
            .bind("view", name)
            .bind("jobId", context.jobId())
            .map(ConstructorMapper.of(Refreshed.class))
            .findOne();
  }

  /**
   * The view or registered function of a name.
   *
   * @throws MillraceException when there is none
   */
  Target target(Handle handle, String name) {
    return handle
        .createQuery(TARGET)
        .bind("name", name)
        .map(ConstructorMapper.of(Target.class))
        .findOne()
        .orElseThrow(
            () ->
                new MillraceException(
                    "there is no materialized view " + name + ", or several are called so"));
  }

  /**
   * Refreshes a view with everything that belongs to it. The caller commits.
   *
   * @param patient see {@link Target#mode}
   * @return empty when as many refreshes as may be are running; nothing was done
   */
  Optional<Refreshed> run(Handle handle, JobContext context, Target target, boolean patient) {
    Mode mode = target.mode(patient);
    Duration time = context.timeLeft();
    Long limit = target.statementTimeoutMs();
    settings(handle, Duration.ZERO, limit == null ? time : shorter(time, Duration.ofMillis(limit)));
    if (handle.createQuery(SLOT).bind("atOnce", atOnce).mapTo(Integer.class).findOne().isEmpty()) {
      return Optional.empty();
    }
    handle.createQuery(GUARD).bind("oid", target.oid()).mapTo(Integer.class).one();
    settings(handle, target.lockTimeout(mode), target.statementTimeout(mode));
    Taken taken = take(handle, target);
    if (taken.requests() == 0 && context.trigger() == Trigger.TABLE) {
      return Optional.of(new Refreshed(target.name(), null, 0, "none"));
    }
    return Optional.of(refresh(handle, context, target, new Plan(mode, taken)));
  }

  private record Plan(Mode mode, Taken taken) {}

  private static Refreshed refresh(Handle handle, JobContext context, Target target, Plan plan) {
    Mode mode = plan.mode();
    Written before = written(handle, target);
    long begun = System.nanoTime();
    switch (mode) {
      case CONCURRENTLY ->
          handle.execute("REFRESH MATERIALIZED VIEW CONCURRENTLY " + target.sqlName());
      case PLAIN -> handle.execute("REFRESH MATERIALIZED VIEW " + target.sqlName());
      case FUNCTION -> handle.execute("SELECT " + target.sqlName());
    }
    long millis = Duration.ofNanos(System.nanoTime() - begun).toMillis();
    Written wrote = written(handle, target).minus(before);
    Long rows = mode == Mode.FUNCTION ? null : (Long) rows(handle, target, mode, wrote);
    Long changed = mode == Mode.CONCURRENTLY ? (Long) (wrote.inserted() + wrote.deleted()) : null;
    Taken taken = plan.taken();
    log(
        handle,
        context,
        new Line(target.name(), "success", millis, rows, null, taken.waitedMs(), mode.text()));
    note(handle, target, mode, new Measured(millis, rows, changed, wrote.deleted(), taken.at()));
    if (changed == null || changed > 0) {
      handle.createUpdate(PASS_ON).bind("view", target.name()).execute();
    }
    return new Refreshed(target.name(), rows, millis, mode.text());
  }

  /**
   * The requests that a refresh serves.
   *
   * @param waitedMs how long the oldest waited; null when there was none
   * @param at the moment of the delete; the refresh sees everything committed before it
   */
  record Taken(long requests, @Nullable Long waitedMs, OffsetDateTime at) {}

  private static Taken take(Handle handle, Target target) {
    return handle
        .createQuery(TAKE_REQUESTS)
        .bind("name", target.name())
        .bind("oid", target.oid())
        .map(ConstructorMapper.of(Taken.class))
        .one();
  }

  /** Rows that this session wrote; only differences mean something. */
  record Written(long inserted, long deleted) {
    Written minus(Written before) {
      return new Written(inserted - before.inserted, deleted - before.deleted);
    }
  }

  private static Written written(Handle handle, Target target) {
    return handle
        .createQuery(WRITTEN)
        .bind("oid", target.oid())
        .map(ConstructorMapper.of(Written.class))
        .one();
  }

  /**
   * Exact. After a plain refresh from the transaction's own statistics, which cost nothing while
   * readers wait; else counted.
   */
  private static long rows(Handle handle, Target target, Mode mode, Written wrote) {
    return mode == Mode.PLAIN && wrote.inserted() > 0
        ? wrote.inserted()
        : handle.createQuery("SELECT count(*) FROM " + target.sqlName()).mapTo(Long.class).one();
  }

  private record Measured(
      long millis,
      @Nullable Long rows,
      @Nullable Long changed,
      long dead,
      OffsetDateTime freshAsOf) {}

  private static void note(Handle handle, Target target, Mode mode, Measured measured) {
    handle
        .createUpdate(NOTE)
        .bind("name", target.name())
        .bind("oid", target.oid())
        .bind("mode", mode.text())
        .bind("freshAsOf", measured.freshAsOf())
        .bind("rows", measured.rows())
        .bind("changed", measured.changed())
        .bind("dead", mode == Mode.CONCURRENTLY ? measured.dead() : 0)
        .bind("millis", measured.millis())
        .execute();
    if (mode == Mode.FUNCTION) {
      handle
          .createUpdate(NOTE_COVERED)
          .bind("name", target.name())
          .bind("freshAsOf", measured.freshAsOf())
          .execute();
    }
  }

  /** Keeps in mind that a plain refresh takes longer than readers may wait. */
  static void tooLong(Handle handle, Target target) {
    handle
        .createUpdate(TOO_LONG)
        .bind("name", target.name())
        .bind("millis", target.lockBudgetMs())
        .execute();
  }

  /** A row of the log without what the job says of itself. */
  record Line(
      String view,
      String status,
      long durationMs,
      @Nullable Long rows,
      @Nullable String error,
      @Nullable Long waitedMs,
      @Nullable String mode) {}

  static void log(Handle handle, JobContext context, Line line) {
    handle
        .createUpdate(LOG)
        .bind("view", line.view())
        .bind("status", line.status())
        .bind("durationMs", line.durationMs())
        .bind("rows", line.rows())
        .bind("error", line.error())
        .bind("waitedMs", line.waitedMs())
        .bind("mode", line.mode())
        .bind("trigger", context.trigger().text())
        .bind("jobId", context.jobId())
        .bind("fence", context.fence())
        .execute();
  }

  private static void settings(Handle handle, Duration lock, @Nullable Duration statement) {
    handle
        .createQuery(SETTINGS)
        .bind("lock", lock.toMillis())
        .bind("statement", statement == null ? null : (Long) Math.max(1, statement.toMillis()))
        .mapTo(Integer.class)
        .one();
  }

  private static Duration shorter(Duration a, Duration b) {
    return a.compareTo(b) < 0 ? a : b;
  }
}
