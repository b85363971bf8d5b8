package dev.millrace.mv.job;

import dev.millrace.MillraceException;
import dev.millrace.db.SearchPath;
import dev.millrace.db.Sql;
import dev.millrace.job.JobContext;
import dev.millrace.job.Trigger;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jspecify.annotations.Nullable;

/** Refreshes one view inside an open transaction. Immutable. */
final class ViewRefresh {
  private static final String TARGET = Sql.of(ViewRefresh.class, "target");
  private static final String SETTINGS = Sql.of(ViewRefresh.class, "settings");
  private static final String GUARD = Sql.of(ViewRefresh.class, "guard");
  private static final String TAKE_REQUESTS = Sql.of(ViewRefresh.class, "takeRequests");
  private static final String WROTE = Sql.of(ViewRefresh.class, "wrote");
  private static final String LOG = Sql.of(ViewRefresh.class, "log");
  private static final String NOTE = Sql.of(ViewRefresh.class, "note");
  private static final String NOTE_COVERED = Sql.of(ViewRefresh.class, "noteCovered");
  private static final String PASS_ON = Sql.of(ViewRefresh.class, "passOn");
  private static final String DONE_BEFORE = Sql.of(ViewRefresh.class, "doneBefore");
  private static final String TOO_LONG = Sql.of(ViewRefresh.class, "tooLong");
  private static final String IS_FUNCTION = "SELECT millrace.function_oid(?) IS NOT NULL";
  private static final String IN_ORDER = Sql.of(ViewRefresh.class, "inOrder");

  private final int atOnce;

  /**
   * Makes refreshes of which a limited number runs at once.
   *
   * @param atOnce over all processes, at least 1
   */
  ViewRefresh(int atOnce) {
    if (atOnce < 1) {
      throw new IllegalArgumentException("at_once must be >= 1, was " + atOnce);
    }
    this.atOnce = atOnce;
  }

  int atOnce() {
    return atOnce;
  }

  /** Sorts names so that a view comes before the views that read it. */
  List<String> inOrder(Handle handle, List<String> names) {
    return handle
        .createQuery(IN_ORDER)
        .bindArray("names", String.class, names)
        .mapTo(String.class)
        .list();
  }

  /**
   * The refresh of a view that this job has committed before, in an earlier attempt or before a
   * snooze; it is not repeated.
   */
  Optional<Refreshed> doneBefore(Handle handle, JobContext context, String name) {
    return handle
        .createQuery(DONE_BEFORE)
        .bind("view", name)
        .bind("jobId", context.jobId())
        .map(ConstructorMapper.of(Refreshed.class))
        .findOne();
  }

  /**
   * The start of a refresh.
   *
   * @param room whether the transaction holds one of the slots for refreshes
   * @param alone whether the transaction holds the lock that excludes other refreshes of this view
   */
  record Begun(RefreshTarget target, boolean room, boolean alone) {
    private static Begun of(ResultSet row) throws SQLException {
      return new Begun(
          RefreshTarget.of(row), row.getObject("slot") != null, row.getBoolean("alone"));
    }
  }

  /**
   * Reads the view or registered function of a name, and takes a slot and its lock if they are
   * free.
   *
   * @throws MillraceException when there is none
   */
  Begun begin(Connection connection, String name) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(TARGET)) {
      statement.setString(1, name);
      statement.setInt(2, atOnce);
      ResultSet row = statement.executeQuery();
      if (!row.next()) {
        throw new MillraceException(absent(connection, name));
      }
      String foreignOwner = row.getString("foreign_owner");
      if (foreignOwner != null) {
        throw new MillraceException(
            name
                + " belongs to "
                + foreignOwner
                + ", which neither registered it nor has the rights with which it would run");
      }
      return Begun.of(row);
    }
  }

  /** Why a name has neither a view nor a registered function. */
  private static String absent(Connection connection, String name) throws SQLException {
    boolean function =
        StatementPipeline.ask(connection, IS_FUNCTION, row -> row.getBoolean(1), name);
    if (function) {
      return "the function %s is not registered; SELECT millrace.register_view('%s') registers it"
          .formatted(name, name.replace("'", "''"));
    }
    return name.endsWith("()")
        ? "there is no function " + name + " without arguments, or several schemas have one"
        : "there is no materialized view " + name + ", or several schemas have one";
  }

  /**
   * A refresh that was done.
   *
   * @param bloated whether the view has as many dead rows as living ones
   */
  record Done(Refreshed refreshed, boolean bloated) {}

  /**
   * Refreshes a view, deletes its requests and writes its log and state. The caller commits.
   *
   * @param mayBlockReaders see {@link RefreshTarget#mode}
   * @return empty when all slots for refreshes are taken; nothing was done
   */
  static Optional<Done> run(
      Connection connection, JobContext context, Begun begun, boolean mayBlockReaders)
      throws SQLException {
    if (!begun.room()) {
      return Optional.empty();
    }
    RefreshTarget target = begun.target();
    Mode mode = target.mode(mayBlockReaders);
    if (!begun.alone()) {
      awaitOthers(connection, target, context.timeLeft());
    }
    ServedRequests taken = take(connection, target, mode, context.timeLeft());
    if (taken.requests() == 0 && context.trigger() == Trigger.TABLE) {
      return Optional.of(
          new Done(new Refreshed(target.name(), null, 0, Refreshed.NOT_NEEDED), false));
    }
    return Optional.of(refresh(connection, context, target, new Plan(mode, taken)));
  }

  /** Waits for other refreshes of the view, as long as the refresh itself may take. */
  private static void awaitOthers(Connection connection, RefreshTarget target, Duration time)
      throws SQLException {
    StatementPipeline.ask(
        connection,
        StatementPipeline.of(SETTINGS, GUARD),
        row -> row.getInt(1),
        0L,
        millis(limit(target, time)),
        target.oid());
  }

  private record Plan(Mode mode, ServedRequests taken) {}

  private static Done refresh(
      Connection connection, JobContext context, RefreshTarget target, Plan plan)
      throws SQLException {
    Mode mode = plan.mode();
    ServedRequests taken = plan.taken();
    RowsWritten wrote = refresh(connection, target, plan);
    long millis = Math.max(0, Duration.between(taken.at(), wrote.at()).toMillis());
    Line line =
        new Line(
            target.name(), "success", millis, wrote.rows(), null, taken.waitedMs(), mode.text());
    Measured measured =
        mode == Mode.CONCURRENTLY && wrote.counted()
            ? new Measured(wrote.inserted() + wrote.deleted(), wrote.deleted(), taken.at())
            : new Measured(null, 0, taken.at());
    boolean bloated = note(connection, context, target, line, measured);
    return new Done(new Refreshed(target.name(), wrote.rows(), millis, mode.text()), bloated);
  }

  /**
   * The requests that a refresh serves.
   *
   * @param waitedMs how long the oldest request waited; null: there was none
   * @param at when they were deleted; the refresh sees everything that was committed before
   * @param inserted the session's counter of inserted rows at that time; only differences count
   * @param deleted as {@code inserted}, of deleted rows
   */
  record ServedRequests(
      long requests, @Nullable Long waitedMs, OffsetDateTime at, long inserted, long deleted) {
    private static ServedRequests of(ResultSet row) throws SQLException {
      return new ServedRequests(
          row.getLong("requests"),
          row.getObject("waited_ms", Long.class),
          row.getObject("at", OffsetDateTime.class),
          row.getLong("inserted"),
          row.getLong("deleted"));
    }
  }

  private static ServedRequests take(
      Connection connection, RefreshTarget target, Mode mode, Duration time) throws SQLException {
    Duration budget = target.statementTimeout(mode);
    return StatementPipeline.ask(
        connection,
        StatementPipeline.of(SETTINGS, TAKE_REQUESTS),
        ServedRequests::of,
        target.lockTimeout(mode).toMillis(),
        millis(budget == null ? limit(target, time) : budget),
        target.name(),
        target.oid());
  }

  /**
   * What a refresh wrote.
   *
   * @param counted false: the server does not count rows, {@code inserted} is unknown
   * @param rows how many the view has now, exactly; null: not counted
   */
  record RowsWritten(
      OffsetDateTime at, long inserted, long deleted, boolean counted, @Nullable Long rows) {
    private static RowsWritten of(ResultSet row, ServedRequests before, Mode mode)
        throws SQLException {
      long inserted = row.getLong("inserted") - before.inserted();
      Long rows = row.getObject("rows", Long.class);
      return new RowsWritten(
          row.getObject("at", OffsetDateTime.class),
          inserted,
          row.getLong("deleted") - before.deleted(),
          row.getBoolean("counted"),
          rows == null && mode == Mode.PLAIN ? (Long) inserted : rows);
    }
  }

  /**
   * Refreshes the view and reads what that wrote. These statements are the only ones that contain a
   * name.
   */
  private static RowsWritten refresh(Connection connection, RefreshTarget target, Plan plan)
      throws SQLException {
    Mode mode = plan.mode();
    ServedRequests before = plan.taken();
    String refresh =
        switch (mode) {
          case CONCURRENTLY -> "REFRESH MATERIALIZED VIEW CONCURRENTLY " + target.sqlName();
          case PLAIN -> "REFRESH MATERIALIZED VIEW " + target.sqlName();
          case FUNCTION -> "SELECT " + target.sqlName();
        };
    String count =
        mode == Mode.FUNCTION ? "NULL::bigint" : "(SELECT count(*) FROM " + target.sqlName() + ")";
    return StatementPipeline.ask(
        connection,
        StatementPipeline.of(SearchPath.BACK, refresh, SearchPath.FIX, WROTE.formatted(count)),
        row -> RowsWritten.of(row, before, mode),
        target.oid(),
        target.oid(),
        mode != Mode.PLAIN,
        target.oid(),
        before.inserted());
  }

  /**
   * What the state of a view keeps of a refresh, beside the row of the log.
   *
   * @param changed inserted and deleted rows; null: unknown
   */
  private record Measured(@Nullable Long changed, long dead, OffsetDateTime freshAsOf) {}

  /**
   * Writes the log and the state of a view, and requests the views that read it if it has changed.
   */
  private static boolean note(
      Connection connection, JobContext context, RefreshTarget target, Line line, Measured measured)
      throws SQLException {
    List<String> statements = new ArrayList<>(List.of(LOG));
    List<@Nullable Object> values = new ArrayList<>(line.values(context));
    if (measured.changed() == null || measured.changed() > 0) {
      statements.add(PASS_ON);
      values.add(line.view());
    }
    if (target.isFunction()) {
      statements.add(NOTE_COVERED);
      values.addAll(List.of(measured.freshAsOf(), line.view()));
    }
    statements.add(NOTE);
    values.addAll(
        Arrays.asList(
            line.view(),
            target.oid(),
            line.mode(),
            line.durationMs(),
            line.rows(),
            measured.changed(),
            measured.dead(),
            measured.freshAsOf()));
    return StatementPipeline.ask(
        connection,
        StatementPipeline.of(statements),
        row -> row.getBoolean("bloated"),
        values.toArray());
  }

  /** Stores that a plain refresh takes longer than readers may wait. */
  static void tooLong(Handle handle, RefreshTarget target) {
    handle
        .createUpdate(TOO_LONG)
        .bind("name", target.name())
        .bind("millis", target.lockBudgetMs())
        .execute();
  }

  /** A row of the log, without the columns that describe the job. */
  record Line(
      String view,
      String status,
      long durationMs,
      @Nullable Long rows,
      @Nullable String error,
      @Nullable Long waitedMs,
      @Nullable String mode) {
    /** The values in the order of the statement's parameters. */
    private List<@Nullable Object> values(JobContext context) {
      return Arrays.asList(
          view,
          status,
          durationMs,
          rows,
          error,
          context.trigger().text(),
          waitedMs,
          mode,
          context.jobId(),
          context.fence());
    }
  }

  static void log(Handle handle, JobContext context, Line line) {
    handle.execute(LOG, line.values(context).toArray());
  }

  /** How long a refresh may take whose mode was not chosen by {@code auto}. */
  private static Duration limit(RefreshTarget target, Duration time) {
    Long own = target.statementTimeoutMs();
    return own == null || time.toMillis() < own ? time : Duration.ofMillis(own);
  }

  /** At least 1 ms, because 0 means no time-out to Postgres. */
  private static long millis(Duration timeout) {
    return Math.max(1, timeout.toMillis());
  }
}
